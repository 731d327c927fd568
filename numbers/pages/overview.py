"""The start page: whether anything needs somebody, what the numbers may do, who reaches abroad, what changed lately."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from numbers.database.snapshot import one_moment
from numbers.filters.base import DEFAULT_SORT
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.history.changes import Changes, changes
from numbers.memory.assignments import assignments_at
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import FEW, UNFINISHED, forwards_outside, numbers_at, ordered, unconfirmed_at
from numbers.memory.teammates import reaches, teammates_at, teammates_with
from numbers.memory.version import Version
from numbers.models import NumberState, display_name
from numbers.vocabulary.cells import CELLS, CHANNELS, Cell, Channel, Fact
from numbers.vocabulary.links import number_url, teammate_url
from numbers.vocabulary.phrases import NO_NAME

LATELY = timedelta(days=7)
SHOWN_CHANGES = 8
SHOWN_NUMBERS = 4
SHOWN_TEAMMATES = 6
LEAST_WIDTH = 2.0  # per cent of a bar: one number of ten thousand can be seen


@dataclass(frozen=True)
class Segment:
    """A part of a bar: the numbers of which Quo says this of the cell. `start` and `width` are in per cent."""

    fact: Fact
    count: int
    url: str
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """A cell over all numbers; facts that no number has are left out."""

    cell: Cell
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Named:
    """A number or a teammate as a sentence names it. `key` is safe in an HTML id."""

    key: int
    name: str
    url: str


@dataclass(frozen=True)
class Few:
    """How many there are, and the first of them by name."""

    count: int
    first: tuple[Named, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@dataclass(frozen=True)
class ToLookAt:
    """Numbers that need somebody: what is the matter with them, what to do, and where all of them are listed."""

    key: str
    numbers: Few
    matter: str
    step: str
    url: str


@dataclass(frozen=True)
class Abroad:
    """Who can reach other countries on this channel, and through how many numbers; and where each is listed."""

    channel: Channel
    teammates: Few
    teammates_url: str
    numbers: int
    url: str


@dataclass(frozen=True, eq=False)
class Standing:
    """How everything stands, one object for each version of the memory.

    `bars` are by channel; `to_look_at` is empty where nothing needs anybody.
    """

    numbers: int
    teammates: int
    to_look_at: tuple[ToLookAt, ...]
    bars: tuple[tuple[Channel, tuple[Bar, ...]], ...]
    abroad: tuple[Abroad, ...]


@dataclass(frozen=True)
class Overview:
    """The start page: how everything stands, and what changed since `lately`."""

    standing: Standing
    changes: Changes
    lately: datetime

    @property
    def is_new(self) -> bool:
        """Whether less is known than all that changed since `lately`."""
        return self.changes.watching_since is not None and self.changes.watching_since > self.lately


def overview(now: datetime, version: Version, moment: Moment = NOW) -> Overview:
    """Return what the start page shows."""
    lately = (moment.at or now) - LATELY
    found = changes(since=lately, limit=SHOWN_CHANGES, version=version, moment=moment)
    return Overview(standing(version, moment), found, lately)


@per_version
def standing(_version: Version, moment: Moment = NOW) -> Standing:
    """Return what was counted over every number and every teammate."""
    with one_moment():  # a sync that ended between two questions would put counts and names apart
        facts = _count_facts(moment)
        return Standing(
            numbers=facts["numbers"],
            teammates=teammates_at(moment).count(),
            to_look_at=tuple(item for item in _items(facts, moment) if item.numbers.count),
            bars=tuple((channel, tuple(_bars(channel, facts))) for channel in CHANNELS),
            abroad=tuple(
                _abroad(cell, facts[f"{cell.field}_{Fact.ALLOWED}"], moment) for cell in CELLS if cell.region.is_abroad
            ),
        )


def _list_url(filters: NumberFilters) -> str:
    """Return the address of the list of numbers, filtered."""
    return f"{reverse('numbers:list')}?{filters.query}"


# The cells


def _count_facts(moment: Moment) -> dict[str, int]:
    """Return how many `numbers` there are, and of each cell's field how many say each fact: `calling_us_allowed`.

    And of how many the port is `unfinished` or calls go `outside`, as all the numbers are passed anyway.
    """
    raw = {Fact.ALLOWED: "unrestricted", Fact.RESTRICTED: "restricted"}
    counted: dict[str, int] = numbers_at(moment).aggregate(
        numbers=Count("pk"),
        unfinished=Count("pk", filter=UNFINISHED),
        outside=Count("pk", filter=forwards_outside(moment)),
        **{
            f"{cell.field}_{fact}": Count("pk", filter=Q(**{cell.field: value}))
            for cell in CELLS
            for fact, value in raw.items()
        },
    )
    for cell in CELLS:
        told = sum(counted[f"{cell.field}_{fact}"] for fact in raw)
        counted[f"{cell.field}_{Fact.UNKNOWN}"] = counted["numbers"] - told
    return counted


def _bars(channel: Channel, facts: dict[str, int]) -> Iterator[Bar]:
    for cell in channel.cells:
        counts = {fact: facts[f"{cell.field}_{fact}"] for fact in Fact}
        yield Bar(cell, tuple(_segments(cell, {fact: count for fact, count in counts.items() if count})))


def _segments(cell: Cell, counts: dict[Fact, int]) -> Iterator[Segment]:
    widths = {fact: max(100 * count / sum(counts.values()), LEAST_WIDTH) for fact, count in counts.items()}
    start = 0.0
    for fact, width in widths.items():
        share = 100 * width / sum(widths.values())
        url = _list_url(NumberFilters().but(**{cell.field: fact.value}))
        yield Segment(fact, counts[fact], url, round(start, 2), round(share, 2))
        start += share


# What needs somebody


def _items(facts: Mapping[str, int], moment: Moment) -> Iterator[ToLookAt]:
    nobody = NumberFilters(unassigned="yes")
    outside = NumberFilters(forward="outside")
    unfinished = NumberFilters(porting="unfinished")
    unconfirmed = ordered(unconfirmed_at(moment), DEFAULT_SORT, moment)
    # Nobody is on a number that is not there (see operations/invariants), and who is on one is told by an index.
    somebody = assignments_at(moment).aggregate(on=Count("phone_number", distinct=True))["on"]
    yield _item(
        "unassigned",
        _few_numbers(nobody.states(moment), facts["numbers"] - somebody, moment),
        ("number has nobody on it", "numbers have nobody on them"),
        "Calls and texts reach no teammate there. Where people use the number, put somebody on it in Quo.",
        _list_url(nobody),
    )
    yield _item(
        "forward",
        _few_numbers(outside.states(moment), facts["outside"], moment),
        ("number forwards its calls outside the company", "numbers forward their calls outside the company"),
        "Calls ring at telephones that are none of your numbers. Check that this is meant.",
        _list_url(outside),
    )
    yield _item(
        "porting",
        _few_numbers(unfinished.states(moment), facts["unfinished"], moment),
        ("port is not completed", "ports are not completed"),
        "Look in Quo at what is missing, and ask Quo’s support where nothing moves.",
        _list_url(unfinished),
    )
    yield _item(
        "unconfirmed",
        _few_numbers(unconfirmed, unconfirmed.count(), moment),
        ("number is shown as last seen", "numbers are shown as last seen"),
        "Missing from Quo’s last answers, or unreadable in them. The status page says why.",
        reverse("numbers:status"),
    )


def _item(key: str, numbers: Few, matter: tuple[str, str], step: str, url: str) -> ToLookAt:
    return ToLookAt(key, numbers, matter[0] if numbers.count == 1 else matter[1], step, url)


def _few_numbers(states: QuerySet[NumberState], count: int, moment: Moment) -> Few:
    """Return the first of these `count` numbers: of many they are soon met in the order of the list, few are named."""
    if not count:
        return Few(0, ())
    if count <= FEW:
        keys = list(states.order_by().values_list("pk", flat=True))
        states = ordered(numbers_at(moment).filter(pk__in=keys), DEFAULT_SORT, moment)
    rows = states.values_list("phone_number_id", "phone_number__quo_id", "name")[:SHOWN_NUMBERS]
    return Few(count, tuple(Named(key, name.strip() or NO_NAME, number_url(quo_id)) for key, quo_id, name in rows))


# Who reaches abroad


def _abroad(cell: Cell, numbers: int, moment: Moment) -> Abroad:
    reaching = TeammateFilters().but(**{cell.field: Fact.ALLOWED.value})
    return Abroad(
        channel=cell.channel,
        teammates=_few_teammates(cell, moment),
        teammates_url=f"{reverse('numbers:teammates')}?{reaching.query}",
        numbers=numbers,
        url=_list_url(NumberFilters().but(**{cell.field: Fact.ALLOWED.value})),
    )


def _few_teammates(cell: Cell, moment: Moment) -> Few:
    """Return who reaches so far: of many the first are soon met in the order of their names, few are named."""
    reaching = set(teammates_with(cell.field, Fact.ALLOWED, moment).values_list("teammate", flat=True))
    are_they = Q(teammate__in=reaching) if len(reaching) <= FEW else Q(reaches(cell.field, moment))
    states = teammates_at(moment).filter(are_they).order_by("name_key", "pk")
    rows = states.values_list("teammate_id", "teammate__quo_id", "first_name", "last_name", "email")[:SHOWN_TEAMMATES]
    first = (
        Named(key, display_name(first_name, last_name, email).strip() or NO_NAME, teammate_url(quo_id))
        for key, quo_id, first_name, last_name, email in rows
    )
    return Few(len(reaching), tuple(first))
