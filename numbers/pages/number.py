"""The page of one number."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from numbers.memory.cache import per_version
from numbers.memory.forwards import Chains
from numbers.memory.freshness import Freshness
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import number_of, states_up_to
from numbers.memory.version import Version
from numbers.models import NumberState, PhoneNumber
from numbers.pages.forwards import START, Forward, forwards_of
from numbers.pages.oddities import OdditySentence, oddity_sentences
from numbers.pages.rows import TeammateOnNumber, teammates_by_number
from numbers.services import oddities_of, parse_timestamp
from numbers.vocabulary.causes import Advice, advice_for
from numbers.vocabulary.cells import Reading, readings_of
from numbers.vocabulary.phones import pretty
from numbers.vocabulary.phrases import unidentified_people
from numbers.vocabulary.visible import shown_name

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ExplainedReading:
    """A reading with possible causes of a restriction."""

    reading: Reading
    advice: tuple[Advice, ...]


@dataclass(frozen=True)
class QuoTimestamp:
    """A timestamp from Quo: the raw text, and the parsed time if it is valid."""

    text: str
    time: datetime | None


@dataclass(frozen=True, eq=False)
class NumberPage:
    """One number's page, cached per memory version.

    If the number is gone, `state`, `forward` and `teammates` are its last ones. `unidentified` has the words for the
    people whom Quo does not identify.
    """

    number: PhoneNumber
    state: NumberState
    name: str
    pretty: str
    kind: str
    forward: Forward | None
    created: QuoTimestamp
    updated: QuoTimestamp
    readings: tuple[ExplainedReading, ...]
    teammates: tuple[TeammateOnNumber, ...]
    unidentified: str
    oddities: tuple[OdditySentence, ...]
    earlier_states: int

    def last_confirmed(self, freshness: Freshness) -> datetime:
        """Return when Quo last confirmed the number: for a current number, the time of the last answer about it."""
        answered = freshness.observed_at or self.number.recorded_at
        return self.number.seen_until or max(self.number.recorded_at, answered)


@per_version
def number_page(quo_id: str, _version: Version, moment: Moment = NOW) -> NumberPage | None:
    """Return the page of a number, gone or not; None if the number was never seen."""
    states = states_up_to(quo_id, moment)
    state = states.first()
    if state is None:
        return None
    number = number_of(state, moment)
    teammates = tuple(teammates_by_number([number.pk], moment, left_at=number.gone_at).get(number.pk, ()))
    there = Moment(number.gone_at - _INSTANT) if number.gone_at else moment
    return NumberPage(
        number=number,
        state=state,
        name=shown_name(state.name),
        pretty=pretty(state.number),
        kind=state.kind,
        forward=forwards_of([START(state)], Chains(there)).get(number.pk),
        created=_timestamp(state.created_at_text),
        updated=_timestamp(state.updated_at_text),
        readings=tuple(ExplainedReading(reading, advice_for(reading, state.number)) for reading in readings_of(state)),
        teammates=teammates,
        unidentified=unidentified_people(state.unidentified),
        oddities=oddity_sentences(oddities_of(state.oddities), teammates),
        earlier_states=states.count() - 1,
    )


def _timestamp(text: str) -> QuoTimestamp:
    return QuoTimestamp(text, parse_timestamp(text))
