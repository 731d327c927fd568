"""Cells (a channel in a region), what Quo says about them, and the words for both."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.text import Truncator

from numbers.vocabulary.bidi import isolated


class Fact(StrEnum):
    """What Quo says about a cell."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"

    __hash__ = str.__hash__  # the hash of enums is many times slower

    @property
    def label(self) -> str:
        return "not reported" if self is Fact.UNKNOWN else self.value


_FACTS = {"unrestricted": Fact.ALLOWED, "restricted": Fact.RESTRICTED}


def fact_of(raw: str | None) -> Fact:
    """Return the fact for Quo's raw value. Any undocumented value counts as not reported."""
    return _FACTS.get(raw or "", Fact.UNKNOWN)


@dataclass(frozen=True, eq=False)
class Channel:
    """A way to reach people: `key` as in Quo's API; `act` is its verb."""

    key: str
    act: str

    @property
    def label(self) -> str:
        return self.key.capitalize()

    @property
    def cells(self) -> tuple["Cell", ...]:
        return tuple(cell for cell in CELLS if cell.channel is self)


@dataclass(frozen=True, eq=False)
class Region:
    """Where people are reached: `key` as in Quo's API, `name` for a list, `place` for a sentence.

    The region for all other countries `is_abroad`.
    """

    key: str
    name: str
    place: str
    is_abroad: bool = False

    @property
    def destination(self) -> str:
        """Return the words after "call" or "calling"."""
        return "abroad" if self.is_abroad else self.place


@dataclass(frozen=True, eq=False)
class Cell:
    """One channel in one region: `key` as in the page's data, `field` as in the model and the query."""

    channel: Channel
    region: Region

    @cached_property
    def key(self) -> str:
        return f"{self.channel.key}.{self.region.key}"

    @cached_property
    def field(self) -> str:
        return f"{self.channel.key}_{self.region.key.lower()}"

    @cached_property
    def label(self) -> str:
        return f"{self.channel.label} {self.region.key}"

    @cached_property
    def title(self) -> str:
        return f"{self.channel.label}, {self.region.name}"

    @cached_property
    def is_first(self) -> bool:
        """Return whether the cell is the first of its channel."""
        return self.region is REGIONS[0]


# Filters, queries, headings, spans and exports follow from these lists. Another region also needs a column of
# NumberState for each channel, with a migration, and a field in quo/payloads.
CHANNELS = (Channel("calling", "call"), Channel("messaging", "text"))
REGIONS: tuple[Region, ...] = (
    Region("US", "United States", "the United States"),
    Region("CA", "Canada", "Canada"),
    Region("Intl", "international", "other countries", is_abroad=True),
)
CELLS = tuple(Cell(channel, region) for channel in CHANNELS for region in REGIONS)


@dataclass(frozen=True)
class Reading:
    """The fact of one cell of one number. `raw` is what Quo sent; None if it sent nothing.

    `majority` is set in an audit if this cell is an outlier: it says what most of the group have, "9 of 12 allowed".
    """

    cell: Cell
    fact: Fact
    raw: str | None
    majority: str = ""

    @property
    def undocumented_value(self) -> str:
        """Return what Quo sent instead of a documented value, cut to fit a cell; else empty."""
        return Truncator(self.raw or "").chars(20) if self.fact is Fact.UNKNOWN else ""

    @property
    def name(self) -> str:
        """Return the accessible name. It is complete, because on a phone the table has no headings."""
        value = f" {isolated(self.undocumented_value)}" if self.undocumented_value else ""
        majority = f", unlike most here: {self.majority}" if self.majority else ""
        return f"{self.cell.title}: {self.fact.label}{value}{majority}"

    @property
    def title(self) -> str:
        """Return the tooltip."""
        if self.fact is Fact.UNKNOWN and self.raw is not None:
            return f"Quo sent “{isolated(Truncator(self.raw).chars(80))}”"
        return f"Unlike most here: {self.majority}" if self.majority else ""

    @property
    def meaning(self) -> str:
        """Return what the fact means for the people on the number."""
        act, place = self.cell.channel.act, self.cell.region.place
        return {
            Fact.ALLOWED: f"People on this number can {act} {place}.",
            Fact.RESTRICTED: f"People on this number cannot {act} {place}.",
            Fact.UNKNOWN: f"Quo does not say whether people on this number can {act} {place}.",
        }[self.fact]


def readings_of(state: object) -> tuple[Reading, ...]:
    """Return the readings of a number's state, in the order of `CELLS`. The state has an attribute for each `field`."""
    return tuple(reading_of(cell, state) for cell in CELLS)


def reading_of(cell: Cell, state: object) -> Reading:
    raw: str | None = getattr(state, cell.field)
    return Reading(cell, fact_of(raw), raw)
