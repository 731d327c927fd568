"""Fills and reads the audit page."""

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from numbers.vocabulary.cells import CELLS
from tests.support.audited_numbers import RAWS, STANDARD
from tests.support.pages import attribute, find_one, text_of, texts
from tests.support.quo_answers import number, user

AUDIT = "/audit/"
ANN = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com")
BO = user("US2", firstName="Bo", lastName=None, email="bo@example.com")


def audit_number(name: str, marks: str = STANDARD, **changes: Any) -> dict[str, Any]:
    """Return a number as Quo sends it, with these cells; its ID is made from its name."""
    restrictions: dict[str, dict[str, str]] = {"calling": {}, "messaging": {}}
    for cell, mark in zip(CELLS, marks, strict=True):
        raw = RAWS[mark]
        if raw is not None:
            restrictions[cell.channel.key][cell.region.key] = raw
    return number(f"PN{name}", **{"name": name, "groupId": "GR1", "restrictions": restrictions, **changes})


def audit_numbers(count: int, marks: str = STANDARD, name: str = "Line", **changes: Any) -> list[dict[str, Any]]:
    return [audit_number(f"{name} {place:03}", marks, **changes) for place in range(count)]


def sentences(page: LexborHTMLParser) -> list[str]:
    """Return the sentences about outliers, in order."""
    return texts(page.css(".outlier-list > li > p:first-child"))


def summary(page: LexborHTMLParser) -> str:
    return text_of(find_one(page, ".outlier-summary"))


def groups(page: LexborHTMLParser) -> dict[str, list[str]]:
    """Return the names in each group of the matrix, by the group's key."""
    return {attribute(body, "data-group"): texts(body.css("tr[data-number] .name")) for body in bodies(page)}


def bodies(page: LexborHTMLParser) -> list[LexborNode]:
    return page.css(".matrix tbody[data-group]")


def headings(page: LexborHTMLParser) -> list[str]:
    return [text_of(find_one(body, ".group-row > th")) for body in bodies(page)]


def tallies(node: LexborNode) -> list[str]:
    return texts(node.css(".tally"))
