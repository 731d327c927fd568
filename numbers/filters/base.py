"""What the query strings of all lists have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlencode

from numbers.vocabulary.cells import CELLS, Cell, Fact

DEFAULT_SORT = "name"

if TYPE_CHECKING:

    class _OfCells:
        """The fields that are known only when the program runs."""

else:
    _OfCells = make_dataclass("_OfCells", [(cell.field, str, field(default="")) for cell in CELLS], frozen=True)


@dataclass(frozen=True)
class ListFilters(_OfCells):
    """What a list shows: empty is not filtered; `sort` begins with "-" where it descends; pages count from 1.

    `narrowing` names the filters that narrow the list, in reading order. Each cell is one, by its `field`.
    """

    sort_labels: ClassVar[Mapping[str, str]]
    narrowing: ClassVar[tuple[str, ...]]

    q: str = ""
    sort: str = DEFAULT_SORT
    page: int = 1
    notices: tuple[str, ...] = ()

    @property
    def active(self) -> dict[str, str]:
        """The filters that narrow the list."""
        return {name: value for name in self.narrowing if (value := getattr(self, name))}

    @property
    def facts(self) -> dict[Cell, Fact]:
        """The cells that narrow the list."""
        return {cell: Fact(value) for cell in CELLS if (value := getattr(self, cell.field))}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.active)

    @property
    def query(self) -> str:
        """The canonical query string; what stands at its default is left out."""
        sort = {"sort": self.sort} if self.sort != DEFAULT_SORT else {}
        page = {"page": str(self.page)} if self.page > 1 else {}
        return urlencode({**self.active, **sort, **page})

    def but(self, **changes: str | int) -> Self:
        """The same list with something else; any change but of the page begins at page 1."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    @property
    def sorted_by(self) -> str:
        """What the list is sorted by, in words."""
        label = self.sort_labels[self.sort.removeprefix("-")]
        return f"{label}, descending" if self.sort.startswith("-") else label


@dataclass(frozen=True)
class Chip:
    """An active filter: its parameter, what people read of it, and the list without it."""

    name: str
    label: str
    without: ListFilters
