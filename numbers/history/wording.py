"""Puts a change in words, as parts of a sentence, so that pages and feeds can isolate outside text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Model

from numbers.models import NumberState, TeammateState
from numbers.vocabulary.cells import CELLS, Fact, fact_of
from numbers.vocabulary.links import number_url, teammate_url
from numbers.vocabulary.phones import pretty, pretty_forward
from numbers.vocabulary.phrases import NO_NAME, SHOWN_TEAMMATES, UNKNOWN_TEAMMATES, unidentified_people
from numbers.vocabulary.visible import is_visible, shown_name


@dataclass(frozen=True)
class Part:
    """A part of a sentence. Outside text gets its own element; `url` makes the part a link."""

    text: str
    is_outside: bool = False
    url: str = ""
    fact: Fact | None = None


Parts = tuple[Part, ...]


@dataclass(frozen=True)
class NamedTeammate:
    """A teammate who was put on a number or taken off it."""

    user_id: str
    name: str


_CELLS = {cell.field: f"{cell.channel.key}, {cell.region.name}" for cell in CELLS}
NUMBER_FIELDS = {
    **_CELLS,
    "name": "the name",
    "number": "the number itself",
    "forward": "forwarding",
    "porting_status": "porting",
    "group_id": "the group",
    "symbol": "the symbol",
    "port_request_id": "the port request",
    "formatted_number": "Quo’s own writing of the number",
    "created_at_text": "the time of its creation",
}
TEAMMATE_FIELDS = {
    "first_name": "the first name",
    "last_name": "the last name",
    "email": "the email address",
    "role": "the role",
}


_NOT_GIVEN = Part("not given")  # null, or not in the answer


def gone(state: NumberState) -> Parts:
    """Return the words for a number that is gone; `state` is its last one."""
    return (number_part(state.phone_number.quo_id, state.name), Part(" is gone: Quo no longer has it"))


def arrived(state: NumberState, teammates: Sequence[NamedTeammate], *, is_new: bool) -> Parts:
    """Return the words for a number that is new, or back after it was gone, and the teammates on it."""
    number = number_part(state.phone_number.quo_id, state.name)
    news = f" is {'new' if is_new else 'back'}"
    if state.unidentified is None:
        return (number, Part(f"{news}; {UNKNOWN_TEAMMATES}"))
    return (number, Part(f"{news}, with "), *_people(teammates, state.unidentified), Part(" on it"))


def number_changed(
    number: Part,
    states: tuple[NumberState, NumberState] | None,
    on: Sequence[NamedTeammate],
    off: Sequence[NamedTeammate],
    unidentified: tuple[int | None, int | None],
) -> Parts:
    """Return the words for a number's change between two states, and for the teammates put `on` and taken `off`.

    If only teammates changed: "Ann Lee was put on Leasing". `unidentified` is that of the number before and after. With
    such people, a teammate may have been on the number before without a name, or may still be.
    """
    clauses: list[Parts] = []
    if states:
        clauses = [*_fields(*states, NUMBER_FIELDS), *_unidentified_changed(*states, on)]
        if None in unidentified:
            on, off = (), ()  # nobody knows whether they were put on or taken off
        if not (clauses or on or off) and states[0].oddities != states[1].oddities:
            clauses = [(Part("Quo describes it in another unusual way"),)]
    if not (clauses or on or off):  # only `updated_at_text` changed
        clauses = [(Part("Quo marked it as updated, and shows no other difference"),)]
    is_described = is_named = bool(clauses)
    before, after = unidentified
    acts = ("named on" if before else "put on", "no longer named on" if after else "taken off")
    for teammates, act in zip((on, off), acts, strict=True):
        if teammates:
            verb = f" {'was' if len(teammates) == 1 else 'were'} {act} "
            clauses.append((*_names(teammates), *((Part(f"{verb}it"),) if is_named else (Part(verb), number))))
            is_named = True
    return (number, Part(": "), *_joined(clauses)) if is_described else _joined(clauses)


def _unidentified_changed(before: NumberState, after: NumberState, on: Sequence[NamedTeammate]) -> list[Parts]:
    """Return a clause if Quo lists other people without an id, no longer lists people, or does so again."""
    if before.unidentified == after.unidentified:
        return []
    if after.unidentified is None:
        return [(Part("Quo no longer says who is on it"),)]
    if before.unidentified is None:
        return [(Part("Quo says again who is on it: "), *_people(on, after.unidentified))]
    counts = f"{before.unidentified:,} to {after.unidentified:,}"
    return [(Part(f"the people whom Quo does not identify went from {counts}"),)]


def teammate_changed(user_id: str, before: TeammateState, after: TeammateState) -> Parts:
    """Return the words for a teammate's change: "Ann Lee: the role went from member to admin"."""
    return (teammate_part(user_id, after.display_name), Part(": "), *_joined(_fields(before, after, TEAMMATE_FIELDS)))


def number_part(quo_id: str, name: str) -> Part:
    return Part(shown_name(name).strip(), is_outside=True, url=number_url(quo_id))


def teammate_part(user_id: str, name: str) -> Part:
    return Part(name, is_outside=True, url=teammate_url(user_id))


def _fields(before: Model, after: Model, labels: Mapping[str, str]) -> list[Parts]:
    """Return a clause for each field in which two states differ."""
    differing = (field for field in labels if getattr(before, field) != getattr(after, field))
    return [_clause(labels[field], field, before, after) for field in differing]


def _clause(label: str, field: str, before: Model, after: Model) -> Parts:
    old, new = _value(field, before), _value(field, after)
    if old == new:  # the same telephone number in two formats, or names that show nothing
        old, new = _quoted(getattr(before, field)), _quoted(getattr(after, field))
    return (Part(f"{label} went from "), *old, Part(" to "), *new)


def _value(field: str, state: Model) -> Parts:
    """Return a value for people to read: a fact as its word, a formatted telephone number, other text in quotes."""
    raw: str | None = getattr(state, field)
    if field in _CELLS:
        fact = fact_of(raw)
        sent = (Part(" ("), *_quoted(raw), Part(")")) if fact is Fact.UNKNOWN and raw is not None else ()
        return (Part(fact.label, fact=fact), *sent)
    if field in {"number", "forward", "email", "role"} and not raw:
        return (_NOT_GIVEN,)
    if isinstance(state, NumberState) and field in {"number", "forward"}:
        text = pretty_forward(raw or "", state.forward_number) if field == "forward" else pretty(raw or "")
        return (Part(text, is_outside=True),)
    if field in {"email", "role"}:
        return (Part(raw or "", is_outside=True),)
    if field in {"name", "first_name", "last_name"} and raw is not None and not is_visible(raw):
        return (Part(NO_NAME),)
    return _quoted(raw)


def _quoted(raw: str | None) -> Parts:
    return (_NOT_GIVEN,) if raw is None else (Part("“"), Part(raw, is_outside=True), Part("”"))


def _people(teammates: Sequence[NamedTeammate], unidentified: int) -> Parts:
    others = ((Part(unidentified_people(unidentified)),),) if unidentified else ()
    named = (_names(teammates),) if teammates else ()
    return _joined([*named, *others], last=" and ") or (Part("nobody"),)


def _names(teammates: Sequence[NamedTeammate]) -> Parts:
    named = teammates if len(teammates) <= SHOWN_TEAMMATES + 1 else teammates[:SHOWN_TEAMMATES]
    names = [(teammate_part(teammate.user_id, teammate.name),) for teammate in named]
    rest = [(Part(f"{len(teammates) - len(named)} more"),)] if len(teammates) > len(named) else []
    return _joined([*names, *rest], last=" and ", between=", ")


def _joined(clauses: Sequence[Parts], *, between: str = "; ", last: str = "; ") -> Parts:
    """Join clauses with `between`, and the last one with `last`: "a", "a and b", "a, b and c"."""
    separators = ["", *[between] * (len(clauses) - 2), last][: len(clauses)]
    return tuple(
        part
        for separator, clause in zip(separators, clauses, strict=True)
        for part in (Part(separator), *clause)
        if part.text
    )
