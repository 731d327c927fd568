"""The addresses of a list's files."""

from dataclasses import dataclass

from numbers.exports.formats import FORMATS
from numbers.vocabulary.links import path_of


@dataclass(frozen=True)
class ExportUrl:
    """One file of a list: what people call its kind, and where it is."""

    label: str
    url: str


def export_urls(name: str, query: str) -> tuple[ExportUrl, ...]:
    """Return the files of the list with this canonical query string, for `components/_exports.html`.

    `name` is the address's, such as "numbers:export", whose only part is the file's `ending`. A page in the query
    changes nothing: a file has all pages.
    """
    asked = f"?{query}" if query else ""
    return tuple(ExportUrl(format_.label, path_of(name, ending=ending) + asked) for ending, format_ in FORMATS.items())
