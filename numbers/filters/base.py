"""The filters that all lists share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlencode

from numbers.vocabulary.cells import CELLS, Cell, Fact

DEFAULT_SORT = "name"
NAMES_FIRST = ""  # in a search, unless another order is chosen: by name, but names that match come first

if TYPE_CHECKING:

    class _CellFields:
        """One field per cell, generated at run time."""

else:
    _CellFields = make_dataclass("_CellFields", [(cell.field, str, field(default="")) for cell in CELLS], frozen=True)


@dataclass(frozen=True)
class ListFilters(_CellFields):
    """The query of a list. An empty value does not filter, `sort` starts with "-" to descend, pages count from 1.
    Without `sort` a list is in its usual order.

    `narrowing` names the filters, in reading order. Each cell is a filter too, by its `field`.
    """

    narrowing: ClassVar[tuple[str, ...]]

    q: str = ""
    sort: str = ""
    page: int = 1
    notices: tuple[str, ...] = ()

    @property
    def sort_labels(self) -> Mapping[str, str]:
        """The sort keys of the list, each with its words."""
        raise NotImplementedError

    @property
    def active(self) -> dict[str, str]:
        """The filters that have a value."""
        return {name: value for name in self.narrowing if (value := getattr(self, name))}

    @property
    def facts(self) -> dict[Cell, Fact]:
        """The cells in the filter, with the fact to match."""
        return {cell: Fact(value) for cell in CELLS if (value := getattr(self, cell.field))}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.active)

    @property
    def query(self) -> str:
        """The canonical query string, without default values."""
        sort = {"sort": self.sort} if self.sort and (self.q or self.sort != DEFAULT_SORT) else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return urlencode({**self.active, **sort, **page})

    def but(self, **changes: str | int) -> Self:
        """Return a copy with these changes. It starts at page 1 unless `page` is given."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    @property
    def order(self) -> str:
        """The sort key in force, or `NAMES_FIRST`."""
        return self.sort or (NAMES_FIRST if self.q else DEFAULT_SORT)

    @property
    def sorted_by(self) -> str:
        """The sort order in words."""
        label = self.sort_labels[self.order.removeprefix("-") or DEFAULT_SORT]
        if self.order == NAMES_FIRST:
            return f"{label}, names that match first"
        return f"{label}, descending" if self.order.startswith("-") else label


@dataclass(frozen=True)
class Chip:
    """An active filter: its parameter, its label, and the filters without it."""

    name: str
    label: str
    without: ListFilters
