"""The file formats of an export."""

from typing import NamedTuple


class Format(NamedTuple):
    """A file format: its name for people and its content type."""

    label: str
    content_type: str


# By file name ending.
FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8"),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": Format("JSON", "application/json; charset=utf-8"),
}
