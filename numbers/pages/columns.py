"""The columns of the list: which there are, and which somebody wants to see."""

from collections.abc import Collection
from dataclasses import dataclass

from numbers.vocabulary.cells import CELLS, CHANNELS, Cell

# The name stands always. A column is known by the key by which the list is sorted by it.
LABELS = {
    "symbol": "Symbol",
    "number": "Number",
    "teammates": "Teammates",
    **{cell.field: cell.label for cell in CELLS},
    "forward": "Forwards to",
    "porting": "Porting",
    "group": "Group",
    "kind": "Kind",
    "country": "Country",
}
USUAL = tuple(key for key in LABELS if key not in {"group", "kind", "country"})


@dataclass(frozen=True)
class Shown:
    """The columns of a table of numbers; `"group" in shown` asks for one."""

    keys: frozenset[str]

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    @property
    def offered(self) -> list[tuple[str, str, bool]]:
        """Every column there is: its key, its label and whether it is shown."""
        return [(key, label, key in self.keys) for key, label in LABELS.items()]

    @property
    def is_wide(self) -> bool:
        """Whether others than the usual columns are there, and as many, which may be more than fit."""
        return not self.keys <= frozenset(USUAL) and len(self.keys) >= len(USUAL)

    @property
    def channels(self) -> list[tuple[str, list[Cell]]]:
        """Each channel that has cells to show, as its heading has it, and those."""
        groups = [(channel.label, [cell for cell in channel.cells if cell.field in self.keys]) for channel in CHANNELS]
        return [(channel, cells) for channel, cells in groups if cells]


def shown(keys: Collection[str] = USUAL) -> Shown:
    """Return the columns of `keys`; keys that no column has, of an earlier version perhaps, are left out."""
    return Shown(frozenset(keys) & frozenset(LABELS))
