"""The file formats of an export, and the URLs of a list's files."""

from typing import NamedTuple

from numbers.vocabulary.links import path_of


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


def export_urls(name: str, query: str) -> tuple[tuple[str, str], ...]:
    """Return the label and URL of each file of the list with this canonical query string.

    `name` is a URL name such as "numbers:export", with `ending` as its only argument. A page in the query has no
    effect: a file has all pages.
    """
    suffix = f"?{query}" if query else ""
    return tuple((format_.label, path_of(name, ending=ending) + suffix) for ending, format_ in FORMATS.items())
