"""The start page: what needs attention, what the numbers may do, who reaches abroad, recent changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from numbers.database.snapshot import one_moment
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.history.changes import Changes, changes
from numbers.memory.assignments import assignments_at
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import (
    MAX_KEY_LOOKUPS,
    UNFINISHED,
    forwards_elsewhere,
    forwards_in_doubt,
    forwards_in_national_format,
    forwards_to_unknown,
    has_teammate,
    not_identified,
    numbers_at,
    ordered,
    unconfirmed_at,
)
from numbers.memory.teammates import reaches, teammates_at, teammates_with
from numbers.memory.version import Version
from numbers.models import NumberState, display_name
from numbers.vocabulary.cells import CELLS, CHANNELS, Cell, Channel, Fact
from numbers.vocabulary.links import number_url, teammate_url
from numbers.vocabulary.visible import shown_name

RECENT_PERIOD = timedelta(days=7)
MAX_CHANGES = 8
MAX_NUMBERS = 4
MAX_TEAMMATES = 6
MIN_WIDTH = 2.0  # percent of a bar, so that one number of ten thousand stays visible


@dataclass(frozen=True)
class Segment:
    """A part of a bar: the numbers with one fact in the cell. `start` and `width` are percentages."""

    fact: Fact
    count: int
    url: str
    start: float
    width: float


@dataclass(frozen=True)
class Bar:
    """One cell counted over all numbers. Facts that no number has are left out."""

    cell: Cell
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class NamedLink:
    """The name and link of a number or teammate. `key` is safe in an HTML id."""

    key: int
    name: str
    url: str


@dataclass(frozen=True)
class Preview:
    """A count, and the first items by name."""

    count: int
    first: tuple[NamedLink, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.first)


@dataclass(frozen=True)
class AttentionItem:
    """Numbers that need attention: the problem, what to do, and the list of all of them."""

    key: str
    numbers: Preview
    problem: str
    advice: str
    url: str


@dataclass(frozen=True)
class AbroadReach:
    """The teammates who can reach other countries on a channel, how many numbers allow it, and links to both lists.

    It is unknown for the `unreported` numbers, and who can is unknown for the `unidentified` ones that allow it.
    """

    channel: Channel
    teammates: Preview
    teammates_url: str
    numbers: int
    url: str
    unreported: int
    unreported_url: str
    unidentified: int


@dataclass(frozen=True, eq=False)
class Summary:
    """Counts over all numbers and teammates, cached per memory version.

    `bars` are grouped by channel. `attention` is empty if nothing needs attention.
    """

    numbers: int
    teammates: int
    attention: tuple[AttentionItem, ...]
    bars: tuple[tuple[Channel, tuple[Bar, ...]], ...]
    abroad: tuple[AbroadReach, ...]


@dataclass(frozen=True)
class Overview:
    """The start page: the summary, and what changed since `period_start`."""

    summary: Summary
    changes: Changes
    period_start: datetime

    @property
    def is_history_short(self) -> bool:
        """Whether our history begins after `period_start`."""
        return self.changes.watching_since is not None and self.changes.watching_since > self.period_start


def overview(now: datetime, version: Version, moment: Moment = NOW) -> Overview:
    """Return the content of the start page."""
    period_start = (moment.at or now) - RECENT_PERIOD
    found = changes(since=period_start, limit=MAX_CHANGES, version=version, moment=moment)
    return Overview(summary(version, moment), found, period_start)


@per_version
def summary(_version: Version, moment: Moment = NOW) -> Summary:
    """Return the counts over all numbers and teammates."""
    with one_moment():  # or a sync between two queries could make counts and names disagree
        facts = _count_facts(moment) | _count_not_identified(moment)
        return Summary(
            numbers=facts["numbers"],
            teammates=teammates_at(moment).count(),
            attention=tuple(item for item in _attention_items(facts, moment) if item.numbers.count),
            bars=tuple((channel, tuple(_bars(channel, facts))) for channel in CHANNELS),
            abroad=tuple(_abroad(cell, facts, moment) for cell in _ABROAD),
        )


def _list_url(filters: NumberFilters) -> str:
    """Return the URL of the filtered list of numbers."""
    return f"{reverse('numbers:list')}?{filters.query}"


# The cells


def _count_facts(moment: Moment) -> dict[str, int]:
    """Return the count of `numbers` and of each fact of each cell, for example `calling_us_allowed`.

    The same query also counts `unfinished` ports and the forwards that go `outside` or where `nobody_can_tell`.
    """
    raw = {Fact.ALLOWED: "unrestricted", Fact.RESTRICTED: "restricted"}
    counted: dict[str, int] = numbers_at(moment).aggregate(
        numbers=Count("pk"),
        unfinished=Count("pk", filter=UNFINISHED),
        outside=Count("pk", filter=forwards_elsewhere(moment)),
        nobody_can_tell=Count("pk", filter=forwards_to_unknown(moment)),
        **{
            f"{cell.field}_{fact}": Count("pk", filter=Q(**{cell.field: value}))
            for cell in CELLS
            for fact, value in raw.items()
        },
    )
    if counted["nobody_can_tell"]:
        counted["nobody_can_tell"] -= len(forwards_in_national_format(moment))
    if counted["outside"]:
        in_doubt = len(forwards_in_doubt(moment))
        counted["outside"] -= in_doubt
        counted["nobody_can_tell"] += in_doubt
    for cell in CELLS:
        reported = sum(counted[f"{cell.field}_{fact}"] for fact in raw)
        counted[f"{cell.field}_{Fact.UNKNOWN}"] = counted["numbers"] - reported
    return counted


def _count_not_identified(moment: Moment) -> dict[str, int]:
    """Return how many numbers have nobody whom Quo identifies, but perhaps somebody, as `unidentified`.

    For each cell abroad, also count the numbers that allow it and on which Quo does not identify everybody.
    """
    allowing = {f"{cell.field}_unidentified": Count("pk", filter=Q(**{cell.field: "unrestricted"})) for cell in _ABROAD}
    return not_identified(moment).aggregate(unidentified=Count("pk", filter=~Q(has_teammate(moment))), **allowing)


def _bars(channel: Channel, facts: dict[str, int]) -> Iterator[Bar]:
    for cell in channel.cells:
        counts = {fact: facts[f"{cell.field}_{fact}"] for fact in Fact}
        yield Bar(cell, tuple(_segments(cell, {fact: count for fact, count in counts.items() if count})))


def _segments(cell: Cell, counts: dict[Fact, int]) -> Iterator[Segment]:
    widths = {fact: max(100 * count / sum(counts.values()), MIN_WIDTH) for fact, count in counts.items()}
    start = 0.0
    for fact, width in widths.items():
        share = 100 * width / sum(widths.values())
        url = _list_url(NumberFilters().but(**{cell.field: fact.value}))
        yield Segment(fact, counts[fact], url, round(start, 2), round(share, 2))
        start += share


# What needs attention


def _attention_items(facts: Mapping[str, int], moment: Moment) -> Iterator[AttentionItem]:
    unassigned = NumberFilters(unassigned="yes")
    unidentified = NumberFilters(unassigned="unknown")
    outside, nobody_can_tell = NumberFilters(forward="outside"), NumberFilters(forward="unknown")
    unfinished = NumberFilters(porting="unfinished")
    unconfirmed = ordered(unconfirmed_at(moment))
    # Every assignment belongs to a present number (see operations/invariants), and an index answers this count.
    assigned = assignments_at(moment).aggregate(on=Count("phone_number", distinct=True))["on"]
    yield _attention_item(
        "unassigned",
        _preview_numbers(unassigned.states, facts["numbers"] - assigned - facts["unidentified"], moment),
        ("number has nobody on it", "numbers have nobody on them"),
        "Texts reach no teammate there, and calls only by forwards. Where people use it, put somebody on it in Quo.",
        _list_url(unassigned),
    )
    yield _attention_item(
        "unidentified",
        _preview_numbers(unidentified.states, facts["unidentified"], moment),
        ("number does not show who is on it", "numbers do not show who is on them"),
        "Quo names nobody there, and does not say that nobody is. Look in Quo itself.",
        _list_url(unidentified),
    )
    yield _attention_item(
        "forward",
        _preview_numbers(outside.states, facts["outside"], moment),
        ("number forwards its calls outside the company", "numbers forward their calls outside the company"),
        "Calls ring at telephones that are none of the numbers listed here. Check that this is meant.",
        _list_url(outside),
    )
    yield _attention_item(
        "forward-unknown",
        _preview_numbers(nobody_can_tell.states, facts["nobody_can_tell"], moment),
        (
            "number forwards its calls where it cannot be determined",
            "numbers forward their calls where it cannot be determined",
        ),
        "What they forward to, or a number of yours that it may be, could not be read. Look in Quo.",
        _list_url(nobody_can_tell),
    )
    yield _attention_item(
        "porting",
        _preview_numbers(unfinished.states, facts["unfinished"], moment),
        ("port is not marked as completed in Quo", "ports are not marked as completed in Quo"),
        "Look in Quo at what is missing, and ask Quo’s support where nothing moves.",
        _list_url(unfinished),
    )
    yield _attention_item(
        "unconfirmed",
        _preview_numbers(lambda _moment: unconfirmed, unconfirmed.count(), moment),
        ("number is shown as last seen", "numbers are shown as last seen"),
        "Missing from Quo’s last answers. The status page says more.",
        reverse("numbers:status"),
    )


def _attention_item(key: str, numbers: Preview, problem: tuple[str, str], advice: str, url: str) -> AttentionItem:
    return AttentionItem(key, numbers, problem[0] if numbers.count == 1 else problem[1], advice, url)


def _preview_numbers(find: Callable[[Moment], QuerySet[NumberState]], count: int, moment: Moment) -> Preview:
    """Return the count and the first numbers. Fetch a few by key; scan many in list order, which ends early."""
    if not count:
        return Preview(0, ())
    states = find(moment)
    if count <= MAX_KEY_LOOKUPS:
        keys = list(states.order_by().values_list("pk", flat=True))
        states = ordered(numbers_at(moment).filter(pk__in=keys))
    rows = states.values_list("phone_number_id", "phone_number__quo_id", "name")[:MAX_NUMBERS]
    links = (NamedLink(key, shown_name(name), number_url(quo_id)) for key, quo_id, name in rows)
    return Preview(count, tuple(links))


# Who reaches abroad

_ABROAD = tuple(cell for cell in CELLS if cell.region.is_abroad)


def _abroad(cell: Cell, facts: Mapping[str, int], moment: Moment) -> AbroadReach:
    reaching = TeammateFilters().but(**{cell.field: Fact.ALLOWED.value})
    return AbroadReach(
        channel=cell.channel,
        teammates=_preview_teammates(cell, moment),
        teammates_url=f"{reverse('numbers:teammates')}?{reaching.query}",
        numbers=facts[f"{cell.field}_{Fact.ALLOWED}"],
        url=_list_url(NumberFilters().but(**{cell.field: Fact.ALLOWED.value})),
        unreported=facts[f"{cell.field}_{Fact.UNKNOWN}"],
        unreported_url=_list_url(NumberFilters().but(**{cell.field: Fact.UNKNOWN.value})),
        unidentified=facts[f"{cell.field}_unidentified"],
    )


def _preview_teammates(cell: Cell, moment: Moment) -> Preview:
    """Return the teammates with reach. Fetch a few by key; scan many in name order, which ends early."""
    reaching = set(teammates_with(cell.field, Fact.ALLOWED, moment).values_list("teammate", flat=True))
    condition = Q(teammate__in=reaching) if len(reaching) <= MAX_KEY_LOOKUPS else Q(reaches(cell.field, moment))
    states = teammates_at(moment).filter(condition).order_by("name_key", "pk")
    rows = states.values_list("teammate_id", "teammate__quo_id", "first_name", "last_name", "email")[:MAX_TEAMMATES]
    first = (
        NamedLink(key, display_name(first_name, last_name, email, quo_id), teammate_url(quo_id))
        for key, quo_id, first_name, last_name, email in rows
    )
    return Preview(len(reaching), tuple(first))
