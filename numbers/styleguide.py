"""Invented content for the style guide: every component in every state, through the same shapes as the pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from numbers.facts import COLUMNS, Cell, Fact, fact_of
from numbers.filter_choices import Choice, Field
from numbers.filter_words import chips
from numbers.filters import NumberFilters
from numbers.freshness import Freshness, Level, in_words
from numbers.list_filters import Chip
from numbers.models import Sync
from numbers.rows import NumberRow, TeammateLine, number_url

LONG = "Shared line for the whole leasing, renewals, move-in, move-out, keys, parcels and maintenance team"
UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente" * 2
HOSTILE = "<script>alert(1)</script> \u202eright to left"

COLOURS = (
    *("ground", "surface", "surface-raised", "surface-hover", "ink", "ink-soft", "line", "line-strong"),
    *("accent", "accent-ink", "accent-soft", "allowed-fill", "allowed-ink", "restricted-fill", "restricted-ink"),
    *("unknown-ink", "unknown-line", "warning-fill", "warning-line", "warning-ink", "error-ink"),
    *("fresh", "late", "stale"),
)


@dataclass(frozen=True)
class FreshnessSample:
    """A state of the freshness line: what it is called, and what the component takes."""

    name: str
    freshness: Freshness
    refusal: str = ""
    is_quiet: bool = False
    is_asking: bool = False


def freshness_samples(now: datetime) -> list[FreshnessSample]:
    """Every level, and everything that may stand in the way of a newer copy."""
    failed = Sync(
        outcome=Sync.Outcome.FAILED,
        ended_at=now,
        error_sentence="Quo refused the API key. Make a new one in Quo, and set QUO_API_KEY.",
        error_message="Unauthorized",
        error_trace="trace-0123456789",
    )
    return [
        FreshnessSample("Fresh", _freshness(now, Level.FRESH, timedelta(seconds=40))),
        FreshnessSample("Late", _freshness(now, Level.LATE, timedelta(minutes=20))),
        FreshnessSample("Stale", _freshness(now, Level.STALE, timedelta(days=3))),
        FreshnessSample("Never", _freshness(now, Level.NEVER, None)),
        FreshnessSample("Asking", _freshness(now, Level.FRESH, timedelta(minutes=1)), is_asking=True),
        FreshnessSample("The last try failed", _freshness(now, Level.LATE, timedelta(hours=1), failure=failed)),
        FreshnessSample(
            "The page's own try failed",
            _freshness(now, Level.LATE, timedelta(hours=1), failure=failed),
            is_quiet=True,
        ),
        FreshnessSample("Removals held back", _freshness(now, Level.FRESH, timedelta(0), held=Sync(held=31))),
        FreshnessSample("Records set aside", _freshness(now, Level.FRESH, timedelta(0), set_aside=2)),
        FreshnessSample(
            "Refused",
            _freshness(now, Level.FRESH, timedelta(seconds=5)),
            refusal="Another sync is running right now; what it finds will show here.",
        ),
    ]


def _freshness(
    now: datetime,
    level: Level,
    age: timedelta | None,
    *,
    failure: Sync | None = None,
    held: Sync | None = None,
    set_aside: int = 0,
) -> Freshness:
    checked_at = now - age if age is not None else None
    ago = in_words(age) if age is not None else ""
    return Freshness(level, checked_at, checked_at, ago, is_due=False, failure=failure, held=held, set_aside=set_aside)


RAWS = ("unrestricted", "restricted", None, "", "pending_review", "x" * 300)


def cell_samples() -> list[Cell]:
    """A cell of each fact, and of each value that Quo never documented."""
    return [Cell(column, fact_of(raw), raw) for column, raw in zip(COLUMNS, RAWS, strict=True)]


def row_samples() -> list[NumberRow]:
    """Rows of numbers: a usual one, and those that try the layout."""
    ada = TeammateLine("US1", "Ada Byron", "ada@example.com", "owner", "GR1")
    unbroken = TeammateLine("US2", UNBROKEN, f"{UNBROKEN}@example.com", "member", "GR1")
    hostile = TeammateLine("US3", HOSTILE, "bo@example.com", "member", "GR1")
    return [
        _row(1, "Front desk", ("unrestricted",) * 6, (ada,), symbol="🏡"),
        _row(2, LONG, ("restricted",) * 6, (ada, unbroken, hostile), more=12, forward="+44 20 7946 0958"),
        _row(3, UNBROKEN, (None,) * 6, (), porting="a status of many words that nobody expected to be this long"),
        _row(4, HOSTILE, RAWS, (hostile,), symbol="a symbol that is a sentence", kind="toll-free"),
        _row(5, "مكتب الإيجار – الطابق الثاني", ("unrestricted", "restricted") * 3, (ada,), symbol="#1"),
    ]


def _row(
    key: int,
    name: str,
    raws: tuple[str | None, ...],
    people: tuple[TeammateLine, ...],
    *,
    more: int = 0,
    symbol: str = "",
    kind: str = "local",
    forward: str = "",
    porting: str = "",
) -> NumberRow:
    cells = tuple(Cell(column, fact_of(raw), raw) for column, raw in zip(COLUMNS, raws, strict=True))
    return NumberRow(
        key=key,
        quo_id=f"PN{key}",
        url=number_url(f"PN{key}"),
        symbol=symbol,
        name=name,
        number="+14155550100",
        number_pretty="(415) 555-0100",
        kind=kind,
        shown=people,
        more=more,
        cells=cells,
        forward=forward,
        porting=porting,
        group="GR1",
        country="United States",
    )


def chip_samples() -> tuple[Chip, ...]:
    """A chip of every filter, one of them longer than any line."""
    filters = NumberFilters(
        q=LONG,
        user="US1",
        calling_intl="allowed",
        messaging_us="unknown",
        group="GR1",
        kind="toll-free",
        country="CA",
        porting="unfinished",
        forward="outside",
        unassigned="yes",
    )
    return chips(filters, "Ada Byron")


def field_samples() -> list[Field]:
    """A filter that is chosen, one that is not, and one that is typed because there are too many choices."""
    facts = tuple(Choice(fact.value, fact.label, is_chosen=False) for fact in Fact)
    chosen = (Choice("toll-free", "Toll-free", is_chosen=True),)
    return [
        Field("calling_us", "Calling US", "any", "", facts),
        Field("kind", "Kind", "every kind", "toll-free", chosen),
        Field("group", "Group", "every group", LONG, ()),
    ]
