"""Lists as CSV (RFC 4180)."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence

from numbers.exports.columns import Column, Line, RawColumn, words_of
from numbers.exports.formulas import defused


def csv_for_people(columns: Sequence[Column[Line]], lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield a file that spreadsheets open rightly: with a byte-order mark, and without anything that they would run.

    Every text is in quotes, else some programs would part the names in a cell at their semicolons, too.
    """
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield codecs.BOM_UTF8
    yield writer.writerow([column.title for column in columns])
    for line in lines:
        yield writer.writerow([defused(words_of(column.value(line))) for column in columns])


def csv_for_machines(columns: Sequence[RawColumn[Line]], lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield a file with every value as it is; null is an empty one."""
    writer = csv.writer(_Echo())
    yield writer.writerow([column.name for column in columns])
    for line in lines:
        yield writer.writerow([column.value(line) for column in columns])


class _Echo:
    """A file to csv's writer, which hands back what is written instead of keeping it."""

    def write(self, text: str) -> bytes:
        return text.encode()
