"""Our own row XML reads the same as XlsxWriter's."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

from numbers.exports.about import About
from numbers.exports.columns import Column, Value, words_of
from numbers.exports.xlsx_export import FACT_STYLES, xlsx_document
from numbers.exports.xlsx_rows import Rows
from numbers.vocabulary.cells import CELLS, Fact, Reading, fact_of
from tests.support.exported_files import sheets

WIDTHS = (20, 7, 33)
Row = tuple[Value, Value, Value]
HEADINGS = ("First", "Second", "Third")


def nth(place: int) -> Column[Row]:
    return Column(HEADINGS[place], WIDTHS[place], lambda row: row[place])


def ours(rows: Sequence[Row]) -> Worksheet:
    columns = [nth(place) for place in range(3)]
    return sheets(b"".join(xlsx_document(columns, rows, len(rows), About("Numbers", (), {}))))[0]


def theirs(rows: Sequence[Row]) -> Worksheet:
    made = BytesIO()
    with Workbook(made, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Numbers")
        heading = workbook.add_format({"bold": True, "bottom": 1})
        facts = {fact: workbook.add_format({**style, "valign": "top"}) for fact, style in FACT_STYLES.items()}
        for place, title in enumerate(HEADINGS):
            sheet.set_column(place, place, WIDTHS[place])
            sheet.write_string(0, place, title, heading)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, place, value)
                elif isinstance(value, Reading):
                    sheet.write_string(number, place, words_of(value), facts[value.fact])
                elif value:
                    sheet.write_string(number, place, value)
    return sheets(made.getvalue())[0]


def read_cells(page: Worksheet) -> list[list[Any]]:
    """Return the value and style of each cell."""
    return [
        # As text, because openpyxl compares styles by identity.
        [(cell.value, cell.data_type, *map(repr, (cell.font, cell.fill, cell.border, cell.alignment))) for cell in row]
        for row in page.iter_rows(max_col=3)
    ]


HOSTILE = ["=1+1", "+1", "0042", "1e5", "TRUE", "http://example.com", "_x0041_", " a ", "\x00\r\n\t", "]]>&<b>", "🏡"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(HOSTILE)
RAWS = st.sampled_from(["unrestricted", "restricted", None, ""]) | TEXTS
READINGS = RAWS.map(lambda raw: Reading(CELLS[0], fact_of(raw), raw))
VALUES = TEXTS.filter(lambda text: not text.startswith("<r>")) | st.integers(0, 10**9) | READINGS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=4))
@example([(Reading(CELLS[0], fact, None), text, 5) for fact, text in zip(Fact, HOSTILE, strict=False)])
@example([("", "", ""), ("a", "", "b")])
def test_every_cell_reads_the_same_as_xlsxwriters(rows: list[Row]) -> None:
    assert read_cells(ours(rows)) == read_cells(theirs(rows))


def test_columns_are_as_wide_as_xlsxwriters() -> None:
    def widths(page: Worksheet) -> list[float]:
        return [page.column_dimensions[letter].width for letter in "ABC"]

    assert widths(ours([("a", "b", "c")])) == widths(theirs([("a", "b", "c")]))


def row_of(value: Value) -> str:
    [row] = Rows([Column[Value]("Value", 9, lambda line: line)], dict.fromkeys(Fact, 7)).xml([value], first=2)
    return row.decode()


@pytest.mark.parametrize("text", [" a", "a ", "\ta", "a\n", "\u00a0a"])
def test_leading_and_trailing_space_is_preserved(text: str) -> None:
    assert row_of(text) == f'<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c></row>'


def test_a_number_is_a_number() -> None:
    assert row_of(1234) == '<row r="2"><c r="A2"><v>1234</v></c></row>'


def test_a_fact_has_its_format() -> None:
    fact = Reading(CELLS[0], Fact.ALLOWED, "unrestricted")

    assert row_of(fact) == '<row r="2"><c r="A2" s="7" t="inlineStr"><is><t>allowed</t></is></c></row>'


def test_an_empty_value_writes_no_cell() -> None:
    assert row_of("") == '<row r="2"></row>'


ESCAPE = re.compile("_x([0-9A-F]{4})_")


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("_x0D\r\n\x01\ufffe "), min_size=1))
@example("_x000D_")
@example("_x005F_x000D_")
@example("_x000D\x01")
@example(" a\r\nb\t\x00\x1f\ufffe\uffff\x85\u2028 ")
def test_a_cell_holds_exactly_the_text(text: str) -> None:
    """Reads the XML as the standard describes it, with no library for workbooks."""
    [held] = ElementTree.fromstring(row_of(text)).itertext()  # noqa: S314 - our own

    assert ESCAPE.sub(lambda found: chr(int(found[1], 16)), held) == text


def test_columns_beyond_z_have_two_letters() -> None:
    columns = [Column[str](str(place), 9, lambda line: line) for place in range(28)]

    [row] = Rows(columns, {}).xml(["a"], first=9)

    assert row.count(b"<c ") == 28
    assert b'<c r="Z9"' in row
    assert b'<c r="AB9"' in row
