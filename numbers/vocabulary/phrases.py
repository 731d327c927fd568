"""Words and limits that pages, filters and changes share."""

NO_NAME = "(no name)"
SHOWN_TEAMMATES = 3  # named on each number; the rest are counted
