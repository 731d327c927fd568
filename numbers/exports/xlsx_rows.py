"""The rows of a workbook's sheet, in the XML that Excel reads (ECMA-376, part 1, 18.3.1).

XlsxWriter cannot stream a sheet and takes twice as long.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from xlsxwriter.utility import xl_col_to_name

from numbers.exports.cell_limit import fit, fits
from numbers.exports.columns import Column, Line, Value, words_of
from numbers.vocabulary.cells import Fact, Reading

Styles = Mapping[Fact, int]  # the number of each fact's format in the workbook

# Characters that XML cannot hold or would change are written as _xHHHH_ (ECMA-376, part 1, 22.9.2.19). An underscore
# that starts such a sequence is escaped too, even if only the next character completes it.
_NOT_IN_XML = "\x00-\x08\x0b-\x1f\ufffe\uffff"
_ESCAPED = re.compile(f"[{_NOT_IN_XML}]|_(?=x[0-9a-fA-F]{{4}}[_{_NOT_IN_XML}])")


@dataclass
class Rows(Generic[Line]):
    """The rows of a sheet. `cut` counts the texts that were too long for a cell."""

    columns: Sequence[Column[Line]]
    styles: Styles
    cut: int = 0

    def xml(self, lines: Iterable[Line], *, first: int) -> Iterator[bytes]:
        """Yield the row of each line. `first` is the first row's number, counted from 1 as in Excel."""
        getters: list[tuple[str, Callable[[Line], Value]]] = [
            (xl_col_to_name(index), column.value) for index, column in enumerate(self.columns)
        ]
        for row, line in enumerate(lines, start=first):
            cells = "".join([self._cell(f"{letters}{row}", value(line)) for letters, value in getters])
            yield f'<row r="{row}">{cells}</row>'.encode()

    def _cell(self, reference: str, value: Value) -> str:
        if isinstance(value, int):
            return f'<c r="{reference}"><v>{value}</v></c>'
        if isinstance(value, Reading):
            style = self.styles[value.fact]
            return f'<c r="{reference}" s="{style}" t="inlineStr"><is>{self._text(words_of(value))}</is></c>'
        return f'<c r="{reference}" t="inlineStr"><is>{self._text(value)}</is></c>' if value else ""

    def _text(self, text: str) -> str:
        if not fits(text):
            self.cut += 1
            text = fit(text)
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f"<t{space}>{html.escape(_ESCAPED.sub(_escape, text), quote=False)}</t>"


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"
