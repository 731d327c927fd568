"""Facts: what Quo says of each cell (a channel in a region), in words that the office understands."""

from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True)
class Cell:
    """One channel in one region: `key` as in the page's data, `field` as in the model and the query."""

    channel: str
    region: str

    @property
    def key(self) -> str:
        return f"{self.channel}.{self.region}"

    @property
    def field(self) -> str:
        return f"{self.channel}_{self.region.lower()}"

    @property
    def region_name(self) -> str:
        return {"US": "United States", "CA": "Canada", "Intl": "international"}[self.region]

    @property
    def label(self) -> str:
        return f"{self.channel.capitalize()} {self.region}"

    @property
    def title(self) -> str:
        return f"{self.channel.capitalize()}, {self.region_name}"


CHANNELS = ("calling", "messaging")
REGIONS = ("US", "CA", "Intl")
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
        act = "call" if self.cell.channel == "calling" else "text"
        place = {"US": "the United States", "CA": "Canada", "Intl": "other countries"}[self.cell.region]
        return {
            Fact.ALLOWED: f"People on this number can {act} {place}.",
            Fact.RESTRICTED: f"People on this number cannot {act} {place}.",
            Fact.UNKNOWN: f"Quo does not say whether people on this number can {act} {place}.",
        }[self.fact]


def readings_of(state: object) -> tuple[Reading, ...]:
    """Return the six readings of a number's state, in the order of `CELLS`; it has an attribute for each `field`."""
    raws = [getattr(state, cell.field) for cell in CELLS]
    return tuple(Reading(cell, fact_of(raw), raw) for cell, raw in zip(CELLS, raws, strict=True))
