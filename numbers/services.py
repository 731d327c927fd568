"""What the views call: every page's content, drawn from memory, and the one way to ask Quo."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.paginator import Page
from django.utils import timezone

from numbers.database.paging import page_of, rows_on
from numbers.filters.base import Chip
from numbers.filters.numbers import NumberFilters
from numbers.filters.wording import chips, sentence
from numbers.memory.cache import per_version
from numbers.memory.freshness import Freshness, freshness_of
from numbers.memory.question import Question
from numbers.memory.search.finding import search_teammates
from numbers.memory.version import Version
from numbers.models import NumberState, PhoneNumber, Sync, Teammate, TeammateState
from numbers.pages.rows import NumberRow, TeammateLine, described, number_rows, teammate_lines
from numbers.quo.client import QuoClient
from numbers.quo.payloads import parse_timestamp
from numbers.quo.throttle import Throttle
from numbers.syncing import demo
from numbers.syncing import run as sync
from numbers.syncing.log import SyncLine
from numbers.syncing.recording import Progress
from numbers.syncing.run import SyncRefused
from numbers.vocabulary.cells import Advice, Cell, advice_for, cells_of
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.phrases import NO_NAME
from quo_admin import __version__

PAGE_SIZE = 50
CHOICES = 12


def quo_client() -> QuoClient:
    """Return a client for the workspace that the settings name. Raises SyncRefused while there is none to ask."""
    url, key = settings.QUO_API_URL, settings.QUO_API_KEY
    if settings.DEMO:
        address = demo.noted_address()
        if address is None:
            raise SyncRefused(
                "No QUO_API_KEY is set and the demo workspace is not running. Start it with `make run`, or set the key."
            )
        url, key = address.url, address.key
    return QuoClient(
        api_key=key,
        base_url=url,
        throttle=Throttle(settings.DATA_DIR / "quo-requests"),
        timeout=settings.QUO_TIMEOUT,
        max_bytes=settings.QUO_MAX_ANSWER_BYTES,
        version=__version__,
    )


def run_sync(question: Question, *, accept_removals: bool = False, progress: Progress | None = None) -> Sync:
    """Ask Quo and record what differs; return the sync, succeeded or failed.

    Raises SyncRefused (SyncBusy while another runs), and DatabaseError or OSError where nothing could be remembered.
    """
    with SyncLine(question) as line, quo_client() as line.client:
        line.sync = sync.run(
            question,
            line.client,
            demo=settings.DEMO,
            accept_removals=accept_removals,
            progress=progress or (lambda _done, _total: None),
        )
        return line.sync


def freshness(question: Question, *, is_known: bool | None = None) -> Freshness:
    """Return how old what is remembered of the question's subject is. Whether that is known at all is looked up."""
    interval = timedelta(seconds=settings.SYNC_INTERVAL)
    if is_known is None:
        is_known = _is_known(question)
    return freshness_of(question, timezone.now(), interval, is_known=is_known)


def _is_known(question: Question) -> bool:
    if question.scope == Sync.Scope.NUMBER:
        return PhoneNumber.objects.filter(quo_id=question.subject).exists()
    if question.scope == Sync.Scope.TEAMMATE:
        return Teammate.objects.filter(quo_id=question.subject).exists()
    return True


@dataclass(frozen=True)
class TeammateChoice:
    """A teammate that the list may be filtered by."""

    user_id: str
    name: str
    email: str


@dataclass(frozen=True, eq=False)
class NumberList:
    """The list page: one object for everybody who asks the same of one version of the memory.

    `teammate` is the one filtered by; its name is the id where nobody of that id is known. `sentence` says what is
    listed, and is the page's title; each of `chips` is an active filter.
    """

    filters: NumberFilters
    rows: tuple[NumberRow, ...]
    total: int
    page: Page[int]
    teammate: TeammateChoice | None
    is_known_teammate: bool
    sentence: str
    chips: tuple[Chip, ...]
    notices: tuple[str, ...]


@per_version
def number_list(filters: NumberFilters, _version: Version) -> NumberList:
    """Return one page of the numbers that fit; a page beyond the last is the last, and said so."""
    states = filters.states()
    total = states.count()
    page = page_of(total, PAGE_SIZE, filters.page)
    notices = filters.notices
    if filters.page > page.number:
        notices += (f"There is no page {filters.page}, so the last one is shown.",)
    teammate = teammate_named(filters.user) if filters.user else None
    name = teammate.name if teammate else ""
    return NumberList(
        filters=filters.but(page=page.number, who=filters.who),
        rows=tuple(number_rows(rows_on(page, states, described(NumberState.objects.all())))),
        total=total,
        page=page,
        teammate=teammate or (TeammateChoice(filters.user, filters.user, "") if filters.user else None),
        is_known_teammate=teammate is not None,
        sentence=sentence(filters, name),
        chips=chips(filters, name),
        notices=notices,
    )


def teammate_named(user_id: str) -> TeammateChoice | None:
    """Return the teammate `US…`, or None where nobody of that id is known."""
    state = TeammateState.objects.filter(teammate__quo_id=user_id, until=None).first()
    return TeammateChoice(user_id, state.display_name, state.email) if state else None


@dataclass(frozen=True)
class TeammateChoices:
    """The first teammates that a text finds, and how many more there are."""

    found: tuple[TeammateChoice, ...]
    more: int


def teammates_named(text: str) -> TeammateChoices:
    states = search_teammates(text)
    found = tuple(TeammateChoice(state.teammate.quo_id, state.display_name, state.email) for state in states[:CHOICES])
    return TeammateChoices(found, states.count() - CHOICES if len(found) == CHOICES else 0)


@dataclass(frozen=True)
class CellLine:
    """A cell on a number's page, with what may be behind a restriction."""

    cell: Cell
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class Stamp:
    """A timestamp of Quo: the text as it came, and the time where it can be read as one."""

    text: str
    time: datetime | None


@dataclass(frozen=True, eq=False)
class NumberPage:
    """One number's page: one object for each version of the memory.

    Of a number that is gone, `state` and `teammates` are the last ones.
    """

    number: PhoneNumber
    state: NumberState
    name: str
    pretty: str
    kind: str
    forward: str
    created: Stamp
    updated: Stamp
    cells: tuple[CellLine, ...]
    teammates: tuple[TeammateLine, ...]
    states_before: int

    def last_confirmed(self, freshness: Freshness) -> datetime:
        """Return when Quo last confirmed it; as long as it still does, that is when it last answered about it."""
        answered = freshness.observed_at or self.number.recorded_at
        return self.number.seen_until or max(self.number.recorded_at, answered)


@per_version
def number_page(quo_id: str, _version: Version) -> NumberPage | None:
    """Return what is remembered of a number, gone or not; None of a number never seen."""
    number = PhoneNumber.objects.filter(quo_id=quo_id).first()
    state = number.states.order_by("-since").first() if number else None
    if number is None or state is None:
        return None
    return NumberPage(
        number=number,
        state=state,
        name=state.name.strip() or NO_NAME,
        pretty=pretty(state.number),
        kind=state.kind,
        forward=pretty(state.forward) if state.forward else "",
        created=_stamp(state.created_at_text),
        updated=_stamp(state.updated_at_text),
        cells=tuple(CellLine(cell, advice_for(cell, state.number)) for cell in cells_of(state)),
        teammates=tuple(teammate_lines([number.pk], until=number.gone_at).get(number.pk, ())),
        states_before=number.states.count() - 1,
    )


def _stamp(text: str) -> Stamp:
    return Stamp(text, parse_timestamp(text))


@dataclass(frozen=True, eq=False)
class SyncPage:
    """A page of the syncs, the newest first."""

    rows: tuple[Sync, ...]
    page: Page[int]


def sync_page(number: int) -> SyncPage:
    """Return a page of the syncs; a page beyond the last is the last."""
    return _sync_page(number, Sync.objects.order_by("-pk").values_list("pk", "started_at", "outcome").first())


@per_version
def _sync_page(number: int, _last: tuple[int, datetime, str] | None) -> SyncPage:
    """Only the last sync still changes, by its outcome; one that was stopped changes when the next one begins."""
    syncs = Sync.objects.all()
    page = page_of(syncs.count(), PAGE_SIZE, number)
    return SyncPage(tuple(rows_on(page, syncs, syncs)), page)
