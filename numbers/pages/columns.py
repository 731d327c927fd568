"""Which columns of the registry a user sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from numbers.filters.columns import ALWAYS_VISIBLE, COLUMNS, NumberColumn
from numbers.vocabulary.cells import Channel

USUAL = tuple(key for key, column in COLUMNS.items() if key != ALWAYS_VISIBLE and not column.is_extra)


@dataclass(frozen=True)
class VisibleColumns:
    """The columns of a table of numbers besides the name; `"group" in columns` says whether one is visible."""

    keys: frozenset[str]

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    @property
    def menu(self) -> list[tuple[str, str, bool]]:
        """The key and the label of every column that a user may hide, and whether it is visible."""
        return [(key, COLUMNS[key].label, key in self.keys) for key in optional_keys()]

    @property
    def is_wide(self) -> bool:
        """Whether the table may not fit: it has an extra column, and at least as many as usual."""
        return not self.keys <= frozenset(USUAL) and len(self.keys) >= len(USUAL)

    @cached_property
    def groups(self) -> list[tuple[Channel | None, list[NumberColumn]]]:
        """The cells of each channel, and the other columns before, between and after them, with None."""
        visible = [column for key, column in COLUMNS.items() if key in self.keys or key == ALWAYS_VISIBLE]
        groups = groupby(visible, lambda column: column.cell and column.cell.channel)
        return [(channel, list(columns)) for channel, columns in groups]

    @cached_property
    def cells(self) -> list[NumberColumn]:
        return [column for channel, columns in self.groups if channel for column in columns]

    @cached_property
    def drawn(self) -> list[NumberColumn]:
        """The columns as a row draws them: its first cell draws all cells."""
        return [column for _, columns in self.groups for column in columns if column not in self.cells[1:]]


def optional_keys() -> list[str]:
    """Return the columns that a user may hide, in the order of the table."""
    return [key for key in COLUMNS if key != ALWAYS_VISIBLE]


def visible_columns(keys: Iterable[str] = USUAL) -> VisibleColumns:
    """Return the columns with these keys. Unknown keys, perhaps of an earlier version, are left out."""
    return VisibleColumns(frozenset(keys).intersection(optional_keys()))
