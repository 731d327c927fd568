"""Excel's limit for the text of a cell. From a CSV file, it spreads a longer text over the rows below."""

MAX_TEXT = 32_767  # UTF-16 units


def fits(text: str) -> bool:
    return len(text) * 2 <= MAX_TEXT or len(text.encode("utf-16-le")) <= MAX_TEXT * 2


def fit(text: str) -> str:
    """Return `text`, cut to the limit with an ellipsis."""
    if fits(text):
        return text
    start = text.encode("utf-16-le")[: (MAX_TEXT - 1) * 2]
    return start.decode("utf-16-le", errors="ignore") + "…"  # ignore half a surrogate pair
