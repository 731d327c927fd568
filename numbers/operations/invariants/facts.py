"""Invariants of stored values and of the columns derived from them.

Derived columns are computed again here, from `folding` and `phones`, because calling the code under test would always
agree with itself. Stored values are compared with the stored answers, decoded by the same code as in a sync.
`manage.py rebuild` writes what `derived_of_number`, `derived_of_teammate` and `search_texts` return.
"""

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from numbers.memory.search.texts import derived_texts
from numbers.models import Assignment, NumberState, SearchText, TeammateState
from numbers.operations.invariants.breach import REBUILD, Broken
from numbers.operations.invariants.histories import NUMBERS
from numbers.quo.errors import BadPayload
from numbers.quo.payloads import parse_stored
from numbers.syncing.recording import NUMBER_COLUMNS, fingerprint, number_values
from numbers.vocabulary.folding import fold, order_key, telephone_digits
from numbers.vocabulary.phones import derived_fields

READ_FROM_ANSWER = ("unidentified", "oddities")  # not Quo's words, but what they lack


def numbers_are_as_answered() -> Broken:
    """Each state has the values of its stored answer, and the assignments when it began are those of the answer.

    Skips missing answers and those this version would reject.
    """
    states = NUMBERS.rows().exclude(answer="").annotate(quo_id=F("phone_number__quo_id")).defer("search_text")
    states = states.order_by("phone_number_id", "since", "pk")
    assigned = _Assigned()
    for state in states.iterator():
        try:
            record = parse_stored(state.answer)
        except BadPayload:
            yield state.quo_id, state.since, "the answer that is kept of this state is damaged."
            continue
        if record is None:
            continue
        described = dict(zip(NUMBER_COLUMNS, number_values(record), strict=True))
        wrong = list(differences(state, described))
        if record.id != state.quo_id:
            wrong.append("id")
        if wrong:
            advice = f" {REBUILD}" if set(wrong) <= set(READ_FROM_ANSWER) else ""
            what = f"the answer that is kept of this state has another {' and '.join(wrong)}.{advice}"
            yield state.quo_id, state.since, what
        if record.id != state.quo_id or record.unidentified != 0:
            continue
        users = {user.id: (user.role, user.group_id) for user in record.users}
        if users != assigned.when(state.phone_number_id, state.since):
            what = "the answer that is kept of this state has other teammates, or gives them another role or group."
            yield state.quo_id, state.since, what


def fingerprints_are_of_the_answers() -> Broken:
    """The fingerprint of a number is that of its stored answer, if no later answer about it was news.

    An odd answer may have been read by a former version, and a gone number is compared with nothing.
    """
    states = NUMBERS.rows().filter(until=None, since=F("phone_number__recorded_at"), unidentified=0, oddities="")
    states = states.exclude(answer="").select_related("phone_number").only("answer", "since", "phone_number")
    for state in states.iterator():
        try:
            record = parse_stored(state.answer)
        except BadPayload:
            continue
        if record is not None and fingerprint(record) != state.phone_number.fingerprint:
            what = "its fingerprint is not that of the stored answer: the next sync will record it again."
            yield state.phone_number.quo_id, state.since, what


class _Assigned:
    """The teammates on numbers. Numbers must be asked for in the order of their keys."""

    def __init__(self) -> None:
        columns = ("phone_number_id", "since", "until", "teammate__quo_id", "role", "group_id")
        rows = Assignment.objects.order_by("phone_number_id").values_list(*columns).iterator()
        self._numbers = groupby(rows, key=itemgetter(0))
        self._number = 0
        self._rows: list[Any] = []

    def when(self, number: int, moment: datetime) -> dict[str, tuple[str, str]]:
        while self._number < number:
            self._number, rows = next(self._numbers, (number + 1, iter(())))
            self._rows = list(rows)
        if self._number > number:
            return {}
        rows = (row for row in self._rows if row[1] <= moment and (row[2] is None or moment < row[2]))
        return {quo_id: (role, group) for _, _, _, quo_id, role, group in rows}


def read_from_answer(state: NumberState, quo_id: str) -> dict[str, Any]:
    """Return the columns that say how a sync read the stored answer; nothing if this version cannot read it."""
    try:
        record = parse_stored(state.answer) if state.answer else None
    except BadPayload:
        return {}
    is_about_it = record is not None and record.id == quo_id
    return {name: getattr(record, name) for name in READ_FROM_ANSWER} if is_about_it else {}


def numbers_are_found() -> Broken:
    # In the order of numbers, so that `derived_fields` is cached for the states of one number.
    states = NUMBERS.rows().select_related("phone_number").defer("answer")
    for state in states.iterator():
        if wrong := differences(state, derived_of_number(state)):
            what = f"{' and '.join(wrong)} of this state do not follow from its facts. {REBUILD}"
            yield state.phone_number.quo_id, state.since, what


def derived_of_number(state: NumberState) -> dict[str, Any]:
    """Return the columns of a number's state that are derived from its other columns."""
    derived = derived_fields(state.number, state.formatted_number, state.forward)
    texts = [state.name, state.symbol or "", state.group_id, state.number, *telephone_digits(state.name)]
    if derived["telephone"] != state.number:
        texts.append(derived["telephone"])
    return {"search_text": fold(" ".join(texts)), "name_key": order_key(state.name), **derived}


def differences(state: Any, right: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a state of a number or teammate
    """Return those of the `right` values that the state does not have."""
    return {name: value for name, value in right.items() if getattr(state, name) != value}


def teammates_are_found() -> Broken:
    for state in TeammateState.objects.select_related("teammate").iterator():
        if wrong := differences(state, derived_of_teammate(state)):
            what = f"{' and '.join(wrong)} of this state do not follow from its facts. {REBUILD}"
            yield state.teammate.quo_id, state.since, what


def derived_of_teammate(state: TeammateState) -> dict[str, Any]:
    """Return the columns of a teammate's state that are derived from its other columns."""
    name = state.display_name
    return {"search_text": fold(f"{name} {state.email}"), "name_key": order_key(name)}


def searches_read_what_holds_now() -> Broken:
    """Exactly the numbers with an open state have a search text, and it is current. Teammates' words in any order."""
    for state in search_texts().annotate(quo_id=F("phone_number__quo_id")).iterator():
        if not is_searched_right(state):
            what = f"what is searched of it is not what holds now: searches may overlook it. {REBUILD}"
            yield state.quo_id, state.since, what
    for quo_id in texts_of_gone_numbers().values_list("phone_number__quo_id", flat=True).iterator():
        yield quo_id, None, f"it is searched, and is not there now. {REBUILD}"


def without_times(model: type[NumberState] | type[TeammateState]) -> QuerySet[Any]:
    """Return every state of a number or teammate without its times, which may be unreadable."""
    return model._default_manager.defer("since", "until")


def search_texts() -> QuerySet[Any]:
    """Return every open state with the texts that searches should read of it, and those that are stored."""
    own, teammates = F("phone_number__search_text__own"), F("phone_number__search_text__teammates")
    states: QuerySet[Any] = derived_texts().annotate(stored_own=own, stored_teammates=teammates)
    return states.only("phone_number_id", "since", "search_text")


def is_searched_right(state: Any) -> bool:  # noqa: ANN401 - annotated
    right = (state.search_text, _sorted(state.teammates))
    return right == (state.stored_own, _sorted(state.stored_teammates))


def texts_of_gone_numbers() -> QuerySet[SearchText]:
    return SearchText.objects.filter(~Exists(NumberState.objects.filter(phone_number=OuterRef("pk"), until=None)))


def _sorted(words: str | None) -> list[str] | None:
    return None if words is None else sorted(words.split())
