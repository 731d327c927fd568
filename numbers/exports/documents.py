"""Which file is made of which list."""

from collections.abc import Iterator

from numbers.exports.about import about_numbers, about_teammates
from numbers.exports.columns import NUMBERS, NUMBERS_RAW, TEAMMATES, TEAMMATES_RAW
from numbers.exports.csv_export import csv_for_machines, csv_for_people
from numbers.exports.json_export import json_document, number_record, teammate_record
from numbers.exports.rows import listing_of, number_lines, teammate_lines
from numbers.exports.xlsx_export import xlsx_document
from numbers.filters import NumberFilters
from numbers.teammate_filters import TeammateFilters


def number_document(asked: NumberFilters, ending: str, *, is_raw: bool = False) -> Iterator[bytes]:
    """Return the numbers that fit, all pages of them, as the file that ends in `ending`; `is_raw` is for machines."""
    listing = listing_of(asked)
    if ending == "json":
        return json_document(number_record, number_lines(listing, with_answers=True))
    lines = number_lines(listing)
    if ending == "xlsx":
        count = len(listing.keys)
        return xlsx_document(NUMBERS, lines, count, about_numbers(asked, count))
    return csv_for_machines(NUMBERS_RAW, lines) if is_raw else csv_for_people(NUMBERS, lines)


def teammate_document(asked: TeammateFilters, ending: str, *, is_raw: bool = False) -> Iterator[bytes]:
    """Return the teammates that fit, in the same way."""
    listing = listing_of(asked)
    lines = teammate_lines(listing)
    if ending == "json":
        return json_document(teammate_record, lines)
    if ending == "xlsx":
        count = len(listing.keys)
        return xlsx_document(TEAMMATES, lines, count, about_teammates(asked, count))
    return csv_for_machines(TEAMMATES_RAW, lines) if is_raw else csv_for_people(TEAMMATES, lines)
