"""The registry of the columns of a table of numbers: headings, rows, the column menu, sorting and files read it.

Filters are the lowest room that needs it, because a query string may sort by any column.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce

from numbers.memory.moment import Moment
from numbers.memory.numbers import BY_NAME, Order, count_of_teammates, fact_rank
from numbers.models import NumberState
from numbers.vocabulary.cells import CELLS, Cell, Reading, reading_of
from numbers.vocabulary.phones import country_name, pretty, pretty_forward
from numbers.vocabulary.phrases import unidentified_people
from numbers.vocabulary.visible import shown_name


@dataclass(frozen=True, eq=False)
class NumberColumn:
    """A column. `label` is what headings, the column menu and files call it."""

    key: str
    label: str
    field: str = ""  # the stored field that it shows
    wording: Callable[[str], str] = str  # what people read of the stored value
    state_wording: Callable[[Any], str] | None = None  # the same, if it depends on more than one stored value
    cell: Cell | None = None
    drawn: str = "text"  # the template in components/columns/ that draws a cell from `row`, `column` and `text`
    width: str = ""  # the end of the class of its <col>
    heading: str = ""  # the class of its heading
    is_extra: bool = False  # hidden until a user chooses it
    sort: Callable[[Moment], Order] | None = None  # by default, the field or the cell
    sort_label: str = ""  # by default, the label in lower case
    sort_place: int = 2  # in the choice of orders
    in_file: tuple[int, int] = (13, 16)  # its place among the columns of a file, and its width there in characters
    file_value: Callable[[Any], str] | None = None  # of a NumberLine; by default, the field or the cell

    def text(self, state: Any) -> str:  # noqa: ANN401 - a state, or a row of the database with this field
        """Return what people read in this column; empty for null."""
        return self.state_wording(state) if self.state_wording else self.wording(getattr(state, self.field) or "")

    def value(self, line: Any) -> str | Reading:  # noqa: ANN401 - a NumberLine
        """Return what a file for people shows."""
        if self.file_value:
            return self.file_value(line)
        return reading_of(self.cell, line.state) if self.cell else self.text(line.state)

    def order(self, moment: Moment) -> Order:
        """Return the expression to sort by. Null sorts like an empty text, on every database."""
        if self.sort:
            return self.sort(moment)
        if self.cell:
            return fact_rank(self.field)
        is_nullable = NumberState._meta.get_field(self.field).null
        return Coalesce(F(self.field), Value(""), output_field=CharField()) if is_nullable else F(self.field)


def _of_cell(cell: Cell) -> NumberColumn:
    column = NumberColumn(cell.field, cell.label, cell.field, cell=cell, drawn="cells", width="cell", in_file=(8, 18))
    return replace(column, sort_label=cell.title.lower())


def _in_file(name: str) -> str:
    """Return a name for a file, where a missing one is an empty cell."""
    return name and shown_name(name)


def _names(line: Any) -> str:  # noqa: ANN401 - a NumberLine
    names = [person.name for person in line.people]
    return "; ".join(filter(None, [*names, unidentified_people(line.state.unidentified)]))


# In the order of the table.
_COLUMNS = (
    NumberColumn(
        "symbol", "Symbol", "symbol", drawn="symbol", width="symbol", heading="symbol-column", in_file=(11, 10)
    ),
    replace(
        NumberColumn("name", "Name", "name", _in_file, drawn="name", in_file=(1, 32)),
        sort=lambda _moment: BY_NAME,
        sort_place=0,
    ),
    NumberColumn(
        "number",
        "Number",
        "number",
        pretty,
        drawn="number",
        width="number",
        sort=lambda _moment: F("telephone"),
        sort_place=1,
        in_file=(2, 18),
    ),
    NumberColumn(
        "teammates", "Teammates", drawn="teammates", sort=count_of_teammates, in_file=(6, 40), file_value=_names
    ),
    *(_of_cell(cell) for cell in CELLS),
    replace(
        NumberColumn("forward", "Forwards to", "forward", drawn="forward", width="forward", in_file=(9, 18)),
        state_wording=lambda state: pretty_forward(state.forward or "", state.forward_number),
        sort_label="forwarding",
    ),
    NumberColumn("porting", "Porting", "porting_status", drawn="porting", width="porting", in_file=(10, 14)),
    NumberColumn("group", "Group", "group_id", width="group", is_extra=True, in_file=(12, 14)),
    NumberColumn("kind", "Kind", "kind", drawn="our_word", width="kind", is_extra=True, in_file=(4, 10)),
    NumberColumn(
        "country", "Country", "country", country_name, drawn="our_word", width="country", is_extra=True, in_file=(5, 16)
    ),
)
COLUMNS = {column.key: column for column in _COLUMNS}
ALWAYS_VISIBLE = "name"


def stored_fields() -> tuple[str, ...]:
    """Return the fields of a state that the columns show, and those that teammates, forwards and matches need."""
    fields = (column.field for column in COLUMNS.values() if column.field)
    return (*fields, "unidentified", "forward_number", "telephone")
