"""Words and limits that pages, filters and changes share."""

NO_NAME = "(no name)"
UNKNOWN_TEAMMATES = "Quo does not say who is on it"
SHOWN_TEAMMATES = 3  # named on each number; the rest are counted


def unidentified_people(count: int | None) -> str:
    """Return the words for the people on a number whom Quo does not identify: "1 person Quo does not identify".

    None means that Quo does not say who is on the number.
    """
    if count is None:
        return UNKNOWN_TEAMMATES
    return f"{count:,} {'person' if count == 1 else 'people'} Quo does not identify" if count else ""


def numbers_not_identified(count: int) -> str:
    """Return the sentence about numbers on which Quo does not identify everybody; empty if there is none."""
    numbers, them = ("number", "it") if count == 1 else ("numbers", "one of them")
    return f"Quo does not identify everybody on {count:,} {numbers}. Any teammate may be on {them}." if count else ""


def unread_records(count: int) -> str:
    """Return the sentence about records of Quo's answer that have no readable id."""
    records, are = ("record", "is") if count == 1 else ("records", "are")
    return f"{count:,} {records} in Quo’s answer could not be read and {are} not included."
