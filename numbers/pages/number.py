"""The page of one number."""

from dataclasses import dataclass
from datetime import datetime

from numbers.memory.cache import per_version
from numbers.memory.freshness import Freshness
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import number_of, states_up_to
from numbers.memory.version import Version
from numbers.models import NumberState, PhoneNumber
from numbers.pages.rows import TeammateOnNumber, teammate_lines
from numbers.services import parse_timestamp
from numbers.vocabulary.causes import Advice, advice_for
from numbers.vocabulary.cells import Reading, readings_of
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.phrases import NO_NAME


@dataclass(frozen=True)
class ExplainedReading:
    """A reading on a number's page, with what may be behind a restriction."""

    reading: Reading
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
    readings: tuple[ExplainedReading, ...]
    teammates: tuple[TeammateOnNumber, ...]
    states_before: int

    def last_confirmed(self, freshness: Freshness) -> datetime:
        """Return when Quo last confirmed it; as long as it still does, that is when it last answered about it."""
        answered = freshness.observed_at or self.number.recorded_at
        return self.number.seen_until or max(self.number.recorded_at, answered)


@per_version
def number_page(quo_id: str, _version: Version, moment: Moment = NOW) -> NumberPage | None:
    """Return what is remembered of a number, gone or not; None of a number never seen."""
    states = states_up_to(quo_id, moment)
    state = states.first()
    if state is None:
        return None
    number = number_of(state, moment)
    return NumberPage(
        number=number,
        state=state,
        name=state.name.strip() or NO_NAME,
        pretty=pretty(state.number),
        kind=state.kind,
        forward=pretty(state.forward) if state.forward else "",
        created=_stamp(state.created_at_text),
        updated=_stamp(state.updated_at_text),
        readings=tuple(ExplainedReading(reading, advice_for(reading, state.number)) for reading in readings_of(state)),
        teammates=tuple(teammate_lines([number.pk], moment, left_at=number.gone_at).get(number.pk, ())),
        states_before=states.count() - 1,
    )


def _stamp(text: str) -> Stamp:
    return Stamp(text, parse_timestamp(text))
