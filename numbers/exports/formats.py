"""The kinds of file that a list can be had as."""

from typing import NamedTuple


class Format(NamedTuple):
    """A kind of file: what people call it, and what browsers do."""

    label: str
    content_type: str


# By the end of the file's name.
FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8"),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": Format("JSON", "application/json; charset=utf-8"),
}
