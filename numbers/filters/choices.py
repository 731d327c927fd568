"""The choices in the filter form: fixed ones, and the groups, countries and ports in memory."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.db.models import Count, Min

from numbers.filters.numbers import UNKNOWN_COUNTRY, NumberFilters, can_be_asked
from numbers.filters.teammates import ROLE_LABELS, TeammateFilters
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import described_unusually, numbers_at
from numbers.memory.search.finding import search_teammates
from numbers.memory.teammates import teammates_at
from numbers.memory.version import Version
from numbers.vocabulary.bidi import isolated
from numbers.vocabulary.cells import CELLS, CHANNELS, Cell, Fact
from numbers.vocabulary.phones import country_name
from numbers.vocabulary.visible import shown_name

# Longer lists would be heavier than the table. Beyond the limit, groups are typed by id and ports are left out.
MAX_CHOICES = 200
MAX_FOUND = 12

_PORTS = {"unfinished": "Not completed", "none": "No port"}


@dataclass(frozen=True)
class Choice:
    """A value of a filter and its label."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """A filter of the form. `unfiltered_label` is the choice for "not filtered". Without choices it is a text field."""

    name: str
    label: str
    unfiltered_label: str
    value: str
    choices: tuple[Choice, ...]


def reach_fields(filters: TeammateFilters) -> list[tuple[str, list[Field]]]:
    """Return the cells' fields by channel label."""
    return [(channel.label, [_cell_field(filters, cell) for cell in channel.cells]) for channel in CHANNELS]


def _cell_field(filters: NumberFilters | TeammateFilters, cell: Cell) -> Field:
    return _field(filters, cell.field, cell.label, "any", [(fact.value, fact.label) for fact in Fact])


@dataclass(frozen=True)
class AvailableChoices:
    """The values in memory: groups with labels, country codes, Quo's porting statuses, and if any is `unusual`."""

    groups: tuple[tuple[str, str], ...]
    countries: frozenset[str]
    ports: frozenset[str]
    unusual: bool


@per_version
def available_choices(_version: Version, moment: Moment = NOW) -> AvailableChoices:
    """Return the values that the numbers have."""
    countries, ports = set(), set()
    for country, port in numbers_at(moment).order_by().values_list("country", "porting_status").distinct():
        countries.add(country or UNKNOWN_COUNTRY)
        ports.add(port or "")
    unusual = described_unusually(numbers_at(moment)).exists()
    return AvailableChoices(tuple(_groups(moment)), frozenset(countries), frozenset(ports), unusual)


@dataclass(frozen=True, eq=False)
class Fields:
    """The form's fields, cached per query and memory version."""

    cells: tuple[Field, ...]
    others: tuple[Field, ...]


@per_version
def fields_of(filters: NumberFilters, version: Version, moment: Moment = NOW) -> Fields:
    """Return all fields of the form."""
    cells = tuple(_cell_field(filters, cell) for cell in CELLS)
    return Fields(cells, tuple(_other_fields(filters, available_choices(version, moment))))


def _other_fields(filters: NumberFilters, available: AvailableChoices) -> list[Field]:
    countries, ports = available.countries | {filters.country}, available.ports | {filters.porting}
    unusual = _field(filters, "unusual", "Quo’s answer", "any", [("yes", "Unusual")])
    people = [("yes", "Nobody on it"), ("no", "Somebody on it")]
    if available.unusual or filters.unassigned == "unknown":
        people.append(("unknown", "Nobody identified on it"))
    return [
        _field(filters, "group", "Group", "every group", list(available.groups)),
        _field(filters, "kind", "Kind", "every kind", [("local", "Local"), ("toll-free", "Toll-free")]),
        _field(filters, "country", "Country", "every country", _countries(countries)),
        _field(filters, "porting", "Port", "any", _ports(ports)),
        _field(
            filters,
            "forward",
            "Forwarding",
            "any",
            [
                ("any", "Forwards calls"),
                ("inside", "To another of your numbers"),
                ("outside", "Outside the company"),
                ("unknown", "Cannot be determined"),
                ("none", "Does not forward"),
            ],
        ),
        _field(filters, "unassigned", "People", "any", people),
        *([unusual] if available.unusual or filters.unusual else []),
    ]


def _field(
    filters: NumberFilters | TeammateFilters,
    name: str,
    label: str,
    unfiltered_label: str,
    choices: list[tuple[str, str]],
) -> Field:
    value = getattr(filters, name)
    if choices and value and value not in dict(choices):  # in the URL, but no number has it now
        choices = [*choices, (value, _short(value))]
    return Field(name, label, unfiltered_label, value, tuple(Choice(key, text, key == value) for key, text in choices))


def _groups(moment: Moment) -> list[tuple[str, str]]:
    """Return group ids with labels. Quo sends no name, so the label has the count and the first number."""
    rows = numbers_at(moment).order_by("group_id").values_list("group_id").annotate(Count("pk"), Min("name"))
    groups = list(rows[: MAX_CHOICES + 1])
    if len(groups) > MAX_CHOICES:
        return []
    return [
        (group, f"{_short(group)} ({count}: {_short(shown_name(name))}{', …' if count > 1 else ''})")
        for group, count, name in groups
        if can_be_asked(group)
    ]


def _short(text: str) -> str:
    return isolated(f"{text[:23].rstrip()}…" if len(text) > 24 else text)


def _countries(codes: AbstractSet[str]) -> list[tuple[str, str]]:
    named = [(code, country_name(code)) for code in codes - {"", UNKNOWN_COUNTRY}]
    unknown = [(UNKNOWN_COUNTRY, "Not known")] if UNKNOWN_COUNTRY in codes else []
    return sorted(named, key=lambda pair: pair[1]) + unknown


def _ports(statuses: AbstractSet[str]) -> list[tuple[str, str]]:
    statuses_in_use = sorted(status for status in statuses if can_be_asked(status) and status not in _PORTS)
    return [*_PORTS.items(), *((status, f"“{_short(status)}”") for status in statuses_in_use[:MAX_CHOICES])]


@per_version
def role_labels(_version: Version, moment: Moment = NOW) -> dict[str, str]:
    """Return the labels of the roles that Quo describes, then of others that teammates have."""
    roles = teammates_at(moment).order_by("role").values_list("role", flat=True).distinct()
    others = [role for role in roles[:MAX_CHOICES] if can_be_asked(role) and role not in ROLE_LABELS]
    return {**ROLE_LABELS, **{role: _short(role) for role in others}}


@dataclass(frozen=True)
class TeammateChoice:
    """A teammate to filter by."""

    user_id: str
    name: str
    email: str


def teammate_named(user_id: str, moment: Moment = NOW) -> TeammateChoice | None:
    """Return the teammate with this id (`US…`), or None if unknown."""
    state = teammates_at(moment).filter(teammate__quo_id=user_id).first()
    return TeammateChoice(user_id, state.display_name, state.email) if state else None


@dataclass(frozen=True)
class TeammateChoices:
    """The first teammates that match a text, and the count of the rest."""

    found: tuple[TeammateChoice, ...]
    more: int


def teammates_named(text: str, moment: Moment = NOW) -> TeammateChoices:
    """Return the teammates that match a text."""
    states = search_teammates(text, moment)
    first = states[:MAX_FOUND]
    found = tuple(TeammateChoice(state.teammate.quo_id, state.display_name, state.email) for state in first)
    return TeammateChoices(found, states.count() - MAX_FOUND if len(found) == MAX_FOUND else 0)
