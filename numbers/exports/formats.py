"""The file formats of an export, and the URLs of a list's files."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class ExportUrl:
    """One file of a list: its format's name and its URL."""

    label: str
    url: str


def export_urls(name: str, query: str) -> tuple[ExportUrl, ...]:
    """Return the files of the list with this canonical query string, for `components/_exports.html`.

    `name` is a URL name such as "numbers:export", with `ending` as its only argument. A page in the query has no
    effect: a file has all pages.
    """
    suffix = f"?{query}" if query else ""
    return tuple(ExportUrl(format_.label, path_of(name, ending=ending) + suffix) for ending, format_ in FORMATS.items())
