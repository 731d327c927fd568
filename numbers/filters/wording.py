"""The filters of the list of numbers in words: a sentence, and a chip that removes each filter."""

import re

from numbers.filters.base import Chip
from numbers.filters.numbers import UNKNOWN_COUNTRY, NumberFilters
from numbers.vocabulary.bidi import isolated
from numbers.vocabulary.cells import CELLS, Fact
from numbers.vocabulary.phones import country_name

_WITH_ARTICLE = re.compile(
    r"United |Isle of |.+ (Islands|Republic)$|Bahamas|Comoros|Gambia|Maldives|Netherlands|Philippines|Seychelles"
)
_FORWARDS = {
    "any": "that forward calls",
    "none": "that do not forward calls",
    "inside": "that forward calls to another of your numbers",
    "outside": "that forward calls outside the company",
    "unknown": "that forward calls where it cannot be determined",
}
_PEOPLE = {
    "yes": "with nobody on them",
    "no": "with somebody on them",
    "unknown": "with nobody identified on them",
}
_PEOPLE_CHIPS = {"yes": "Nobody on it", "no": "Somebody on it", "unknown": "Nobody identified on it"}
_PORTS = {"": "", "none": "", "unfinished": "whose port is not completed"}
_PORT_CHIPS = {"unfinished": "not completed", "none": "none"}
_FORWARD_CHIPS = {
    "any": "somewhere",
    "none": "nowhere",
    "inside": "inside the company",
    "outside": "outside the company",
    "unknown": "cannot be determined",
}


def sentence(filters: NumberFilters, teammate: str = "") -> str:
    """Describe the list: "Toll-free numbers with Ann Lee where calling abroad is allowed".

    `teammate` is the name of the teammate in the filter.
    """
    kind = {"toll-free": "Toll-free numbers", "local": "Local numbers"}.get(filters.kind, "Numbers")
    facts = filters.facts.items()
    cells = [f"{cell.channel.key} {cell.region.destination} is {fact.label}" for cell, fact in facts]
    attributes = [
        f"of {_country_words(filters.country)}" if filters.country else "",
        f"with {isolated(teammate or filters.user)}" if filters.user else "",
        _PEOPLE.get(filters.unassigned, ""),
        "without a port" if filters.porting == "none" else "",
        f"in group {isolated(filters.group)}" if filters.group else "",
        f"where {joined(cells)}" if cells else "",
    ]
    clauses = [
        _FORWARDS.get(filters.forward, ""),
        _PORTS.get(filters.porting, f"whose port is “{isolated(filters.porting)}”"),
        "that Quo describes unusually" if filters.unusual else "",
        f"that fit “{isolated(filters.q)}”" if filters.q else "",
    ]
    return " ".join(filter(None, [kind, *attributes, joined([clause for clause in clauses if clause])]))


def chips(filters: NumberFilters, teammate: str = "") -> tuple[Chip, ...]:
    """Return a chip for each active filter, in the order of the form."""
    return tuple(
        Chip(name, _chip_label(name, value, teammate), filters.but(**{name: ""}))
        for name, value in filters.active.items()
    )


def _chip_label(name: str, value: str, teammate: str) -> str:
    cells = {cell.field: cell.label for cell in CELLS}
    if name in cells:
        return f"{cells[name]}: {Fact(value).label}"
    return {
        "q": f"Search: {isolated(value)}",
        "user": f"Teammate: {isolated(teammate or value)}",
        "group": f"Group: {isolated(value)}",
        "kind": value.capitalize(),
        "country": f"Country: {'not known' if value == UNKNOWN_COUNTRY else country_name(value)}",
        "porting": f"Port: {_PORT_CHIPS.get(value) or isolated(value)}",
        "forward": f"Forwards: {_FORWARD_CHIPS.get(value, value)}",
        "unassigned": _PEOPLE_CHIPS.get(value, value),
        "unusual": "Described unusually",
    }[name]


def _country_words(code: str) -> str:
    if code == UNKNOWN_COUNTRY:
        return "an unknown country"
    name = country_name(code)
    return f"the {name}" if _WITH_ARTICLE.match(name) else name


def joined(parts: list[str]) -> str:
    """Join parts with commas and "and": "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
