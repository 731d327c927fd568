"""Lists as CSV (RFC 4180)."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence

from numbers.exports.columns import Column, Line, RawColumn, words_of
from numbers.exports.formulas import escape_formulas


def csv_for_people(columns: Sequence[Column[Line]], lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield a file for spreadsheets: with a byte-order mark, and with formulas escaped.

    Every text is quoted, because some programs would split a cell at its semicolons.
    """
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield codecs.BOM_UTF8
    yield writer.writerow([column.title for column in columns])
    for line in lines:
        yield writer.writerow([escape_formulas(words_of(column.value(line))) for column in columns])


def csv_for_machines(columns: Sequence[RawColumn[Line]], lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield a file with raw values. Null becomes an empty value."""
    writer = csv.writer(_Echo())
    yield writer.writerow([column.name for column in columns])
    for line in lines:
        yield writer.writerow([column.value(line) for column in columns])


class _Echo:
    """A file for csv's writer that returns what is written."""

    def write(self, text: str) -> bytes:
        return text.encode()
