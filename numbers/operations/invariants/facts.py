"""Invariants of stored values and of the columns derived from them.

Derived columns are computed again here, from `folding` and `phones`, because calling the code under test would always
agree with itself. Stored values are compared with the stored answers, decoded by the same code as in a sync.
"""

from django.db.models import Exists, F, OuterRef

from numbers.memory.search.texts import derived_texts
from numbers.models import NumberState, SearchText, TeammateState
from numbers.operations.invariants.breach import Broken
from numbers.operations.invariants.histories import NUMBERS
from numbers.quo.errors import BadPayload
from numbers.quo.payloads import parse_stored
from numbers.syncing.recording import NUMBER_COLUMNS, number_values
from numbers.vocabulary.folding import fold, order_key, telephone_digits
from numbers.vocabulary.phones import derived_fields


def numbers_are_as_answered() -> Broken:
    """Each state has the values of its stored answer. Skips missing answers and those this version would reject."""
    states = NUMBERS.rows().exclude(answer="").annotate(quo_id=F("phone_number__quo_id")).defer("search_text")
    for state in states.iterator():
        try:
            record = parse_stored(state.answer)
        except BadPayload:
            yield state.quo_id, state.since, "the answer that is kept of this state is damaged."
            continue
        if record is None:
            continue
        described = zip(NUMBER_COLUMNS, number_values(record), strict=True)
        wrong = [name for name, value in described if getattr(state, name) != value]
        if record.id != state.quo_id:
            wrong.append("id")
        if wrong:
            what = f"the answer that is kept of this state has another {' and '.join(wrong)}."
            yield state.quo_id, state.since, what


def numbers_are_found() -> Broken:
    # In the order of numbers, so that `derived_fields` is cached for the states of one number.
    states = NUMBERS.rows().select_related("phone_number").defer("answer")
    for state in states.iterator():
        derived = derived_fields(state.number, state.formatted_number, state.forward)
        texts = [state.name, state.symbol or "", state.group_id, state.number, *telephone_digits(state.name)]
        if derived["telephone"] != state.number:
            texts.append(derived["telephone"])
        right = {"search_text": fold(" ".join(texts)), "name_key": order_key(state.name), **derived}
        if wrong := [name for name, value in right.items() if getattr(state, name) != value]:
            what = f"{' and '.join(wrong)} of this state do not follow from its facts."
            yield state.phone_number.quo_id, state.since, what


def teammates_are_found() -> Broken:
    for state in TeammateState.objects.select_related("teammate").iterator():
        right = {
            "search_text": fold(f"{state.display_name} {state.email}"),
            "name_key": order_key(state.display_name),
        }
        if wrong := [name for name, value in right.items() if getattr(state, name) != value]:
            what = f"{' and '.join(wrong)} of this state do not follow from its facts."
            yield state.teammate.quo_id, state.since, what


def searches_read_what_holds_now() -> Broken:
    """Exactly the numbers with an open state have a search text, and it is current. Teammates' words in any order."""
    kept = {"own": F("phone_number__search_text__own"), "people": F("phone_number__search_text__teammates")}
    rows = derived_texts().values_list(
        "phone_number__quo_id", "since", "search_text", "teammates", kept["own"], kept["people"]
    )
    for quo_id, since, own, teammates, kept_own, kept_people in rows.iterator():
        if (own, _sorted(teammates)) != (kept_own, _sorted(kept_people)):
            yield quo_id, since, "what is searched of it is not what holds now: searches may overlook it."
    of_others = SearchText.objects.filter(~Exists(NumberState.objects.filter(phone_number=OuterRef("pk"), until=None)))
    for quo_id in of_others.values_list("phone_number__quo_id", flat=True).iterator():
        yield quo_id, None, "it is searched, and is not there now."


def _sorted(words: str | None) -> list[str] | None:
    return None if words is None else sorted(words.split())
