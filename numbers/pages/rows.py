"""Rows of a table of numbers, built from states for the templates."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from numbers.filters.columns import stored_fields
from numbers.memory.assignments import teammates_on
from numbers.memory.forwards import Chains
from numbers.memory.moment import Moment
from numbers.models import NumberState, display_name
from numbers.pages.forwards import START, Forward, forwards_of
from numbers.pages.matches import Matcher, Place, matcher
from numbers.vocabulary.cells import Reading, readings_of
from numbers.vocabulary.links import number_url, teammate_url
from numbers.vocabulary.phrases import SHOWN_TEAMMATES, unidentified_people
from numbers.vocabulary.visible import shown_name


@dataclass(frozen=True, slots=True)
class TeammateOnNumber:
    """A teammate on a number; `role` and `group_id` are as given on that number."""

    user_id: str
    email: str
    first_name: str | None
    last_name: str | None
    role: str
    group_id: str

    @property
    def name(self) -> str:
        return display_name(self.first_name, self.last_name, self.email, self.user_id)

    @property
    def url(self) -> str:
        return teammate_url(self.user_id)


@dataclass(frozen=True)
class NumberRow:
    """A row. `key` is safe in an HTML id, `state` is from `described`.

    `more` counts the teammates not in `shown`. `unidentified` has the words for the people whom Quo does not identify.
    In a search, `matches` are the places of each term that the name does not show.
    """

    key: int
    url: str
    name: str
    state: Any
    shown: tuple[TeammateOnNumber, ...]
    more: int
    unidentified: str
    readings: tuple[Reading, ...]
    forward: Forward | None
    matches: tuple[tuple[Place, ...], ...] = ()


def described(states: QuerySet[NumberState]) -> QuerySet[NumberState, Any]:
    """Select what `number_rows` needs of the states, without the answer, which is most of a state."""
    fields = dict.fromkeys(("pk", "phone_number_id", "phone_number__quo_id", *stored_fields()))
    return states.values_list(*fields, named=True)


def number_rows(states: Iterable[Any], moment: Moment, query: str = "") -> list[NumberRow]:
    """Return the rows of states that `described` selected and `query` found.

    One query reads all their teammates, a few all forwards.
    """
    states = list(states)
    teammates = teammates_by_number((state.phone_number_id for state in states), moment)
    forwards = forwards_of(map(START, states), Chains(moment))
    match = matcher(query, states, moment)
    return [
        _number_row(state, teammates.get(state.phone_number_id, []), forwards.get(state.phone_number_id), match)
        for state in states
    ]


def _number_row(
    state: Any,  # noqa: ANN401 - a row of `described`
    people: list[TeammateOnNumber],
    forward: Forward | None,
    match: Matcher,
) -> NumberRow:
    shown = people if len(people) <= SHOWN_TEAMMATES + 1 else people[:SHOWN_TEAMMATES]
    return NumberRow(
        key=state.phone_number_id,
        url=number_url(state.phone_number__quo_id),
        name=shown_name(state.name),
        state=state,
        shown=tuple(shown),
        more=len(people) - len(shown),
        unidentified=unidentified_people(state.unidentified),
        readings=readings_of(state),
        forward=forward,
        matches=match.places(state, people, len(shown)),
    )


def teammates_by_number(
    phone_numbers: Iterable[int], moment: Moment, *, left_at: datetime | None = None
) -> Mapping[int, list[TeammateOnNumber]]:
    """Return the teammates on each number, or on it until `left_at`, by the number's key and sorted by name."""
    lines: dict[int, list[TeammateOnNumber]] = defaultdict(list)
    for key, *teammate in teammates_on(phone_numbers, moment, left_at=left_at):
        lines[key].append(TeammateOnNumber(*teammate))
    return lines
