"""Compares all filters together with a naive model, over numbers with known country, kind and forward."""

from collections.abc import Callable, Mapping
from math import ceil

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.filters.numbers import NARROWING
from numbers.pages import numbers as number_pages
from tests.support.listed_numbers import CELL_FIELDS, Record
from tests.support.pages import HTMX, LIST, PageClient, numbers_on, parse_page, sync_all, total_of
from tests.support.quo_answers import number, user

COUNTRIES = {
    "+14155550100": "US",
    "+18005550100": "US",
    "+16045550100": "CA",
    "+442079460958": "GB",
    "+15555550123": "",
}
TOLL_FREE = {"+18005550100"}
MEANT = {
    "+14155550100": "+14155550100",
    "(800) 555-0100": "+18005550100",
    "1-604-555-0100": "+16045550100",
    "+44 20 7946 0958": "+442079460958",
    "+33123456789": "+33123456789",
    "+14155550199": "+14155550199",  # of a gone number
    "front desk": "",
}
RAW = st.sampled_from(["unrestricted", "unrestricted", "restricted", "restricted", "RESTRICTED", "", None])
PEOPLE = [user("US1", firstName="Ann", email="ann@example.com"), user("US2", firstName="Bo", email="bo@example.com")]
GONE = number("PNgone", number="+14155550199", name="Gone")


@st.composite
def workspaces(draw: st.DrawFn) -> list[Record]:
    regions = st.fixed_dictionaries({}, optional={"US": RAW, "CA": RAW, "Intl": RAW})
    return [
        number(
            f"PN{place}",
            name=draw(st.sampled_from(["Front desk", "Back office", "Fax"])),
            groupId=draw(st.sampled_from(["main", "GR1", ""])),
            number=draw(st.sampled_from(list(COUNTRIES))),
            forward=draw(st.sampled_from([None, "", *MEANT])),
            portingStatus=draw(st.sampled_from([None, "", "completed", "Completed", "pending"])),
            users=[person for person in PEOPLE if draw(st.booleans())],
            restrictions={"calling": draw(regions), "messaging": draw(regions)},
        )
        for place in range(draw(st.integers(1, 7)))
    ]


def fits(record: Record, name: str, value: str, ours: Mapping[str, list[str]]) -> bool:
    """Return whether a number matches a filter. `ours` are the names of all numbers in the workspace by digits."""
    forward, port = record["forward"] or "", record["portingStatus"] or ""
    if name in CELL_FIELDS:
        channel, _, region = name.partition("_")
        raw = record["restrictions"][channel].get({"us": "US", "ca": "CA", "intl": "Intl"}[region])
        return {"unrestricted": "allowed", "restricted": "restricted"}.get(raw, "unknown") == value
    if name == "q":
        people = [person[key] for person in record["users"] for key in ("firstName", "email")]
        lines = ours.get(MEANT[forward], []) if forward else []
        return any(value in text.lower() for text in [record["name"], record["groupId"], forward, *lines, *people])
    checks: dict[str, Callable[[], bool]] = {
        "user": lambda: any(person["id"] == value for person in record["users"]),
        "group": lambda: record["groupId"] == value,
        "kind": lambda: (record["number"] in TOLL_FREE) == (value == "toll-free"),
        "country": lambda: COUNTRIES[record["number"]] == value.replace("unknown", ""),
        "porting": lambda: {"none": not port, "unfinished": port.lower() not in {"", "completed"}}.get(
            value, port == value
        ),
        "forward": lambda: {
            "none": not forward,
            "any": bool(forward),
            "inside": bool(forward) and MEANT[forward] in ours,
            "outside": bool(forward) and MEANT[forward] not in {*ours, ""},
            "unknown": bool(forward) and not MEANT[forward],
        }[value],
        "unassigned": lambda: bool(record["users"]) == (value == "no"),
    }
    return checks[name]()


QUERIES = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(CELL_FIELDS, st.sampled_from(["allowed", "restricted", "unknown"])),
        "q": st.sampled_from(["desk", "o", "ann", "example", "zebra"]),
        "user": st.sampled_from(["US1", "US2", "US3"]),
        "group": st.sampled_from(["main", "GR1", "GR"]),
        "kind": st.sampled_from(["toll-free", "local"]),
        "country": st.sampled_from(["US", "CA", "unknown", "FR"]),
        "porting": st.sampled_from(["none", "unfinished", "completed", "Completed", "pending"]),
        "forward": st.sampled_from(["any", "none", "inside", "outside", "unknown"]),
        "unassigned": st.sampled_from(["yes", "no"]),
    },
)
# All filters together rarely match a number; a few of them do more often.
SOME = st.tuples(QUERIES, st.sets(st.sampled_from(NARROWING), min_size=1, max_size=4)).map(
    lambda drawn: {name: value for name, value in drawn[0].items() if name in drawn[1]}
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(workspaces(), SOME | QUERIES)
def test_random_filters_match_a_naive_model_on_page_and_fragment(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, records: list[Record], query: dict[str, str]
) -> None:
    monkeypatch.setattr(number_pages, "PAGE_SIZE", 3)
    before = transaction.savepoint()
    sync_all(*records, GONE)
    sync_all(*records)

    ours: dict[str, list[str]] = {}
    for record in records:
        ours.setdefault(record["number"], []).append(record["name"])
    expected = [record["id"] for record in records if all(fits(record, *item, ours) for item in query.items())]
    pages: list[str] = []
    for place in range(1, max(1, ceil(len(expected) / 3)) + 1):
        page = parse_page(manager.get(LIST, {**query, "page": str(place)}))
        fragment = parse_page(manager.get(LIST, {**query, "page": str(place)}, headers=HTMX))
        assert numbers_on(fragment) == numbers_on(page)
        assert total_of(fragment) == total_of(page) == len(expected)
        pages += numbers_on(page)

    transaction.savepoint_rollback(before)
    assert sorted(pages) == expected
