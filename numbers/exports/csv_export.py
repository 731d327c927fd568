"""Lists as CSV (RFC 4180)."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence

from numbers.exports.cell_limit import fit
from numbers.exports.columns import Column, Line, RawColumn, Value, words_of
from numbers.exports.guard import guard

_END_OF_FILE = "\x1a"  # Ctrl-Z: programs for Windows may read no further


def csv_for_people(columns: Sequence[Column[Line]], lines: Iterable[Line]) -> Iterator[bytes]:
    """Yield a file for spreadsheets: with a byte-order mark, and with texts that stay texts.

    Every text is quoted, because some programs would split a cell at its semicolons.
    """
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield codecs.BOM_UTF8
    yield writer.writerow([column.title for column in columns])
    for line in lines:
        yield writer.writerow([_for_people(column.value(line)) for column in columns])


def _for_people(value: Value) -> str:
    return str(value) if isinstance(value, int) else fit(guard(words_of(value).replace(_END_OF_FILE, "␚")))


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
