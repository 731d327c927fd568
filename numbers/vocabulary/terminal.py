"""Makes outside text safe for a terminal."""


def printable(text: str) -> str:
    """Return `text` with unprintable characters replaced, so that it cannot control the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
