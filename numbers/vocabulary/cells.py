"""Facts: what Quo says of each cell (a channel in a region), in words that the office understands."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.utils.text import Truncator

from numbers.vocabulary.bidi import isolated


class Fact(StrEnum):
    """What Quo says of a cell."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    UNKNOWN = "unknown"

    __hash__ = str.__hash__  # the one of enums is many times slower

    @property
    def label(self) -> str:
        return "not reported" if self is Fact.UNKNOWN else self.value


_FACTS = {"unrestricted": Fact.ALLOWED, "restricted": Fact.RESTRICTED}


def fact_of(raw: str | None) -> Fact:
    """Return the fact for Quo's raw value; anything but the two documented values is not reported."""
    return _FACTS.get(raw or "", Fact.UNKNOWN)


@dataclass(frozen=True, eq=False)
class Channel:
    """A way to reach people: `key` as in Quo's API, and the verb for it, `act`."""

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

    Whatever no other region covers `is_abroad`.
    """

    key: str
    name: str
    place: str
    is_abroad: bool = False

    @property
    def destination(self) -> str:
        """What may follow "call" and "calling"."""
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
        """Whether it is the first of its channel."""
        return self.region is REGIONS[0]


# The one list: filters, queries, headings, spans and exports follow from it. Another region also needs a column of
# NumberState for each channel, with its migration, and a field in quo/payloads.
CHANNELS = (Channel("calling", "call"), Channel("messaging", "text"))
REGIONS: tuple[Region, ...] = (
    Region("US", "United States", "the United States"),
    Region("CA", "Canada", "Canada"),
    Region("Intl", "international", "other countries", is_abroad=True),
)
CELLS = tuple(Cell(channel, region) for channel in CHANNELS for region in REGIONS)


@dataclass(frozen=True)
class Reading:
    """The fact of one cell of one number. `raw` is what Quo sent; None where it sent nothing.

    `unlike` says in an audit what most of the group have where this cell differs: "9 of 12 allowed".
    """

    cell: Cell
    fact: Fact
    raw: str | None
    unlike: str = ""

    @property
    def quos_word(self) -> str:
        """What Quo sent instead of a documented value, cut to fit a cell; else empty."""
        return Truncator(self.raw or "").chars(20) if self.fact is Fact.UNKNOWN else ""

    @property
    def name(self) -> str:
        """The accessible name. It is complete, as on a phone no heading stands above the cell."""
        word = f" {isolated(self.quos_word)}" if self.quos_word else ""
        unlike = f", unlike most here: {self.unlike}" if self.unlike else ""
        return f"{self.cell.title}: {self.fact.label}{word}{unlike}"

    @property
    def title(self) -> str:
        """What a pointer is told beside the fact."""
        if self.fact is Fact.UNKNOWN and self.raw is not None:
            return f"Quo sent “{isolated(Truncator(self.raw).chars(80))}”"
        return f"Unlike most here: {self.unlike}" if self.unlike else ""

    @property
    def meaning(self) -> str:
        """What the fact means for the people on the number."""
        act, place = self.cell.channel.act, self.cell.region.place
        return {
            Fact.ALLOWED: f"People on this number can {act} {place}.",
            Fact.RESTRICTED: f"People on this number cannot {act} {place}.",
            Fact.UNKNOWN: f"Quo does not say whether people on this number can {act} {place}.",
        }[self.fact]


def readings_of(state: object) -> tuple[Reading, ...]:
    """Return the readings of a number's state, in the order of `CELLS`; it has an attribute for each `field`."""
    return tuple(reading_of(cell, state) for cell in CELLS)


def reading_of(cell: Cell, state: object) -> Reading:
    raw: str | None = getattr(state, cell.field)
    return Reading(cell, fact_of(raw), raw)
