"""The rows of a workbook's sheet, in the XML that Excel reads (ECMA-376, part 1, 18.3.1).

XlsxWriter cannot stream a sheet and takes twice as long.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from xlsxwriter.utility import xl_col_to_name

from numbers.exports.columns import Column, Line, Value, words_of
from numbers.vocabulary.cells import Fact, Reading

MAX_TEXT = 32_767  # Excel's limit per cell, in UTF-16 units

Styles = Mapping[Fact, int]  # the number of each fact's format in the workbook

# Characters that XML cannot hold or would change are written as _xHHHH_ (ECMA-376, part 1, 22.9.2.19). An underscore
# that starts such a sequence is escaped too, even if only the next character completes it.
_NOT_IN_XML = "\x00-\x08\x0b-\x1f\ufffe\uffff"
_ESCAPED = re.compile(f"[{_NOT_IN_XML}]|_(?=x[0-9a-fA-F]{{4}}[_{_NOT_IN_XML}])")


def rows_xml(columns: Sequence[Column[Line]], lines: Iterable[Line], styles: Styles, *, first: int) -> Iterator[bytes]:
    """Yield the row of each line. `first` is the first row's number, counted from 1 as in Excel."""
    getters: list[tuple[str, Callable[[Line], Value]]] = [
        (xl_col_to_name(index), column.value) for index, column in enumerate(columns)
    ]
    for row, line in enumerate(lines, start=first):
        cells = "".join([_cell(f"{letters}{row}", value(line), styles) for letters, value in getters])
        yield f'<row r="{row}">{cells}</row>'.encode()


def _cell(reference: str, value: Value, styles: Styles) -> str:
    if isinstance(value, int):
        return f'<c r="{reference}"><v>{value}</v></c>'
    if isinstance(value, Reading):
        return f'<c r="{reference}" s="{styles[value.fact]}" t="inlineStr"><is>{_text(words_of(value))}</is></c>'
    return f'<c r="{reference}" t="inlineStr"><is>{_text(value)}</is></c>' if value else ""


def _text(text: str) -> str:
    text = cell_text(text)
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{space}>{html.escape(_ESCAPED.sub(_escape, text), quote=False)}</t>"


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def cell_text(text: str) -> str:
    """Return `text` cut to Excel's limit per cell."""
    if len(text) * 2 <= MAX_TEXT or len(units := text.encode("utf-16-le")) <= MAX_TEXT * 2:
        return text
    return units[: (MAX_TEXT - 1) * 2].decode("utf-16-le", errors="ignore") + "…"  # ignore half a surrogate pair
