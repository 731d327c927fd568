"""Lists as Excel workbooks: text that stays text, facts in their colours, and a second sheet about the first."""

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from numbers.exports.about import About
from numbers.exports.blocks import BLOCK
from numbers.exports.columns import Column, Line, Value, words_of
from numbers.facts import Cell, Fact

MAX_TEXT = 32_767  # of a cell, in units of UTF-16: Excel's limit
_DASHED = 3

# As in the light theme of static/css/tokens.css.
FACT_STYLES: dict[Fact, dict[str, object]] = {
    Fact.ALLOWED: {"bg_color": "#d9efe8", "font_color": "#0d4a3d"},
    Fact.RESTRICTED: {"bg_color": "#453f86", "font_color": "#ffffff"},
    Fact.UNKNOWN: {"border": _DASHED, "border_color": "#8590a3", "font_color": "#4d5669"},
}


def xlsx_document(columns: Sequence[Column[Line]], lines: Iterable[Line], count: int, about: About) -> Iterator[bytes]:
    """Yield a workbook of `count` lines. It is made whole before the first block: on the disk, not in memory."""
    with TemporaryFile() as file:
        # A folder of its own, so that nothing is left behind where the making fails half-way.
        with TemporaryDirectory() as folder, Workbook(file, _options(folder)) as workbook:
            workbook.set_properties({"title": about.title})
            styles = _Styles(workbook)
            _write_list(workbook.add_worksheet(about.title), columns, lines, count, styles)
            _write_about(workbook.add_worksheet("About"), about, styles)
        file.seek(0)
        yield from _read(file)


def _options(folder: str) -> dict[str, object]:
    never: dict[str, object] = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
    return {**never, "constant_memory": True, "tmpdir": folder}


def _read(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


class _Styles:
    """How cells look in one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self.heading = workbook.add_format({"bold": True, "bottom": 1})
        self.label = workbook.add_format({"bold": True, "valign": "top"})
        self.text = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.facts = {fact: workbook.add_format({**style, "valign": "top"}) for fact, style in FACT_STYLES.items()}


def _write_list(
    sheet: Worksheet, columns: Sequence[Column[Line]], lines: Iterable[Line], count: int, styles: _Styles
) -> None:
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{count + 1}"})  # it is meant: no green corners
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, styles.heading)
    for row, line in enumerate(lines, start=1):
        for place, column in enumerate(columns):
            _write(sheet, row, place, column.value(line), styles)


def _write(sheet: Worksheet, row: int, place: int, value: Value, styles: _Styles) -> None:
    if isinstance(value, int):
        sheet.write_number(row, place, value)
    elif isinstance(value, Cell):
        sheet.write_string(row, place, cell_text(words_of(value)), styles.facts[value.fact])
    elif value:
        sheet.write_string(row, place, cell_text(value))


def _write_about(sheet: Worksheet, about: About, styles: _Styles) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for row, (label, text) in enumerate(about.said):
        sheet.write_string(row, 0, label, styles.label)
        sheet.write_string(row, 1, cell_text(text), styles.text)
    for row, (fact, meaning) in enumerate(about.meanings.items(), start=len(about.said) + 1):
        sheet.write_string(row, 0, fact.label, styles.facts[fact])
        sheet.write_string(row, 1, meaning, styles.text)


def cell_text(text: str) -> str:
    """Return `text` as a cell takes it: cut where it is too long, and never taken for markup."""
    if text.startswith("<r>") and text.endswith("</r>"):
        text = f" {text}"  # XlsxWriter would write it into the sheet as it is
    if len(text) * 2 <= MAX_TEXT or len(units := text.encode("utf-16-le")) <= MAX_TEXT * 2:
        return text
    return units[: (MAX_TEXT - 1) * 2].decode("utf-16-le", errors="ignore") + "…"  # ignore: half a character
