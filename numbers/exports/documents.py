"""Builds the file of a list in each format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic

from numbers import services
from numbers.exports.about import About, about_numbers, about_teammates
from numbers.exports.columns import NUMBERS_RAW, TEAMMATES, TEAMMATES_RAW, Column, Line, RawColumn, number_columns
from numbers.exports.csv_export import csv_for_machines, csv_for_people
from numbers.exports.json_export import Record, json_document, number_record, teammate_record
from numbers.exports.rows import listing_of, number_lines, teammate_lines
from numbers.exports.xlsx_export import xlsx_document
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.moment import NOW, Moment
from numbers.memory.sync_target import WORKSPACE
from numbers.memory.workspace import holds_demo

BLOCK = 16 * 1024  # bytes; small, so that the download starts soon


@dataclass(frozen=True)
class Files(Generic[Line]):
    """The content of a list's files: columns for people, columns for machines, and the JSON record."""

    columns: Sequence[Column[Line]]
    raw: Sequence[RawColumn[Line]]
    record: Callable[[Line], Record]

    def document(
        self, lines: Iterable[Line], count: int, about: Callable[[], About], ending: str, *, is_raw: bool
    ) -> Iterator[bytes]:
        """Return the file of `count` lines with this ending; `is_raw` selects the form for machines."""
        if ending == "xlsx":
            return blocks(xlsx_document(self.columns, lines, count, about()))
        if ending == "json":
            unread = services.freshness(WORKSPACE).set_aside
            return blocks(json_document(self.record, lines, is_demo=holds_demo(), unread=unread))
        return blocks(csv_for_machines(self.raw, lines) if is_raw else csv_for_people(self.columns, lines))


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces joined into blocks for the network. Only one block is in memory."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def number_document(
    filters: NumberFilters, ending: str, *, is_raw: bool = False, moment: Moment = NOW
) -> Iterator[bytes]:
    """Return all matching numbers as a file with this ending; `is_raw` selects the form for machines."""
    listing = listing_of(filters, moment)
    count = len(listing.keys)
    lines = number_lines(listing, with_answers=ending == "json")
    files = Files(number_columns(), NUMBERS_RAW, number_record)
    return files.document(lines, count, partial(about_numbers, filters, count, moment), ending, is_raw=is_raw)


def teammate_document(
    filters: TeammateFilters, ending: str, *, is_raw: bool = False, moment: Moment = NOW
) -> Iterator[bytes]:
    """Return all matching teammates, in the same way."""
    listing = listing_of(filters, moment)
    count = len(listing.keys)
    files = Files(TEAMMATES, TEAMMATES_RAW, teammate_record)
    about = partial(about_teammates, filters, count, moment)
    return files.document(teammate_lines(listing), count, about, ending, is_raw=is_raw)
