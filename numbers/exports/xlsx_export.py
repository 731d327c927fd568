"""Lists as Excel workbooks: text that stays text, facts in their colors, and a second sheet about the first.

XlsxWriter makes everything but the rows. There may be many, so they are streamed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain, islice
from zipfile import ZipFile

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from numbers.exports.about import About
from numbers.exports.cell_limit import MAX_TEXT, fit
from numbers.exports.columns import Column, Line
from numbers.exports.xlsx_rows import Rows, Styles
from numbers.exports.zip_stream import stream_zip
from numbers.vocabulary.cells import Fact

_DASHED = 3

# As in the light theme of static/css/tokens.css.
FACT_STYLES: dict[Fact, dict[str, object]] = {
    Fact.ALLOWED: {"bg_color": "#d9efe8", "font_color": "#0d4a3d"},
    Fact.RESTRICTED: {"bg_color": "#453f86", "font_color": "#ffffff"},
    Fact.UNKNOWN: {"border": _DASHED, "border_color": "#8590a3", "font_color": "#4d5669"},
}

MAX_LINES = 1_048_575  # Excel's limit per sheet, without the heading

_LIST = "xl/worksheets/sheet1.xml"
# What depends on the second sheet comes after the list, because it says what was cut in the list.
_ABOUT = ("xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml")
_SAMPLE_ROW = re.compile(rb'(<row r="2".*?</row>)')
_STYLE = re.compile(rb' s="([0-9]+)"')
_DIMENSION = re.compile(rb"<dimension [^>]*>")


def xlsx_document(columns: Sequence[Column[Line]], lines: Iterable[Line], count: int, about: About) -> Iterator[bytes]:
    """Stream a workbook of `count` lines."""
    if count > MAX_LINES:
        text = f"{count - MAX_LINES:,} lines: a sheet has room for {MAX_LINES:,} of them. The CSV file has them all."
        about = _with_entry(about, "Left out", text)
        lines, count = islice(lines, MAX_LINES), MAX_LINES
    return stream_zip(_files(columns, lines, count, about))


def _files(
    columns: Sequence[Column[Line]], lines: Iterable[Line], count: int, about: About
) -> Iterator[tuple[str, Iterable[bytes]]]:
    frame = _build_frame(columns, count, about)
    rows = Rows(columns, frame.styles)
    for name, content in frame.files.items():
        if name not in _ABOUT:
            yield name, [content]
    yield _LIST, chain([frame.before], rows.xml(lines, first=2), [frame.after])
    if rows.cut:
        texts = "1 text, which ends" if rows.cut == 1 else f"{rows.cut:,} texts, which end"
        text = f"{texts} in …: a cell has room for {MAX_TEXT:,} characters. The JSON file has no such limit."
        frame = _build_frame(columns, count, _with_entry(about, "Cut off", text))
    for name in _ABOUT:
        yield name, [frame.files[name]]


def _with_entry(about: About, label: str, text: str) -> About:
    return replace(about, entries=(*about.entries, (label, text)))


@dataclass(frozen=True)
class _Frame:
    """A workbook without its rows: its other files by name, and the XML before and after the rows."""

    files: dict[str, bytes]
    before: bytes
    after: bytes
    styles: Styles


def _build_frame(columns: Sequence[Column[Line]], count: int, about: About) -> _Frame:
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": about.title})
        formats = _Formats(workbook)
        _write_list(workbook.add_worksheet(about.title), columns, count, formats)
        _write_about(workbook.add_worksheet("About"), about, formats)
    with ZipFile(buffer) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sheet = _DIMENSION.sub(f'<dimension ref="{xl_range(0, 0, count, len(columns) - 1)}"/>'.encode(), files.pop(_LIST))
    before, sample_row, after = _SAMPLE_ROW.split(sheet)
    styles = [int(style) for style in _STYLE.findall(sample_row)]
    return _Frame(files, before, after, dict(zip(formats.facts, styles, strict=True)))


class _Formats:
    """The cell formats of one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self.heading = workbook.add_format({"bold": True, "bottom": 1})
        self.label = workbook.add_format({"bold": True, "valign": "top"})
        self.text = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.facts = {fact: workbook.add_format({**style, "valign": "top"}) for fact, style in FACT_STYLES.items()}


def _write_list(sheet: Worksheet, columns: Sequence[Column[Line]], count: int, formats: _Formats) -> None:
    """Write the sheet with one sample row instead of the rows. Its cells reveal the number of each fact's format."""
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{count + 1}"})  # intended, so show no green corners
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.title, formats.heading)
    for index, format_ in enumerate(formats.facts.values()):
        sheet.write_blank(1, index, None, format_)


def _write_about(sheet: Worksheet, about: About, formats: _Formats) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for row, (label, text) in enumerate(about.entries):
        sheet.write_string(row, 0, label, formats.label)
        sheet.write_string(row, 1, _plain(text), formats.text)
    for row, (fact, meaning) in enumerate(about.meanings.items(), start=len(about.entries) + 1):
        sheet.write_string(row, 0, fact.label, formats.facts[fact])
        sheet.write_string(row, 1, meaning, formats.text)


def _plain(text: str) -> str:
    """Return `text` so that XlsxWriter does not read it as markup."""
    is_markup = text.startswith("<r>") and text.endswith("</r>")  # XlsxWriter would write it unescaped
    return fit(f" {text}" if is_markup else text)
