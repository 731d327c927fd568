"""A teammate's reach through any of their numbers, and the numbers that only they are on."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.filters.teammates import TeammateFilters
from numbers.memory.version import memory_version
from numbers.pages import teammates
from numbers.vocabulary.cells import Fact
from tests.support.pages import PageClient, attribute, find_one, numbers_on, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, named_in, reach_on, rolled_back

PAGE = "/teammates/US1/"
CELLS = [(channel, region) for channel in ("calling", "messaging") for region in ("US", "CA", "Intl")]
ALLOWED, RESTRICTED = "unrestricted", "restricted"


def with_abroad(number_id: str, fact: str, **changes: Any) -> dict[str, Any]:
    """Return a number with `fact` for calling abroad."""
    return number(number_id, restrictions={"calling": {"Intl": fact}, "messaging": {}}, **changes)


def abroad(manager: PageClient) -> Any:
    return reach_on(parse_page(manager.get(PAGE)))["calling.Intl"]


def test_the_reach_has_one_line_per_cell_in_order(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert list(reach_on(parse_page(manager.get(PAGE)))) == [f"{channel}.{region}" for channel, region in CELLS]


def test_a_cell_allowed_by_one_number_names_it(manager: PageClient) -> None:
    sync_all(
        with_abroad("PN1", RESTRICTED, name="Closed"),
        with_abroad("PN2", ALLOWED, name="Open", number="+14155550100"),
        with_abroad("PN3", ALLOWED, name="Somebody else's", users=[user("US2")]),
    )

    line = abroad(manager)

    assert attribute(find_one(line, "[data-fact]"), "data-fact") == "allowed"
    assert named_in(line) == {"Open": "/numbers/PN2/"}
    assert text_of(line.css("td")[-1]) == "Open (415) 555-0100"


def test_a_cell_allowed_by_every_number_says_so(manager: PageClient) -> None:
    sync_all(with_abroad("PN1", ALLOWED, name="A"), with_abroad("PN2", ALLOWED, name="B"))
    assert text_of(abroad(manager).css("td")[-1]).startswith("Both of their numbers: A")

    sync_all(*[with_abroad(f"PN{place}", ALLOWED, name="A") for place in (1, 2, 3)])
    assert text_of(abroad(manager).css("td")[-1]).startswith("All 3 of their numbers: A")


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "Restricted on their only number."),
        (2, "Restricted on both of their numbers."),
        (3, "Restricted on all 3 of their numbers."),
    ],
)
def test_a_cell_restricted_on_every_number_says_so(manager: PageClient, count: int, sentence: str) -> None:
    sync_all(*[with_abroad(f"PN{place}", RESTRICTED) for place in range(count)])

    line = abroad(manager)

    assert attribute(find_one(line, "[data-fact]"), "data-fact") == "restricted"
    assert text_of(line.css("td")[-1]) == sentence
    assert named_in(line) == {}


def test_an_unreported_cell_without_an_allowed_one_is_not_called_restricted(manager: PageClient) -> None:
    sync_all(with_abroad("PN1", RESTRICTED, name="Closed"), with_abroad("PN2", "sometimes", name="Odd"))

    line = abroad(manager)

    assert attribute(find_one(line, "[data-fact]"), "data-fact") == "unknown"
    assert text_of(line.css("td")[-1]).startswith("No number is known to allow it. Not reported for 1 of 2: Odd")
    assert named_in(line) == {"Odd": "/numbers/PN2/"}


def test_a_cell_that_their_only_number_does_not_report_names_that_number(manager: PageClient) -> None:
    sync_all(number("PN1", name="Odd", users=[user("US1")], restrictions={}))

    (line, *_) = parse_page(manager.get("/teammates/US1/")).css("[data-reach]")

    assert text_of(line.css("td")[-1]) == "No number is known to allow it. Not reported for: Odd +1 555-555-0123"


def test_an_allowed_number_decides_over_an_unreported_one(manager: PageClient) -> None:
    sync_all(with_abroad("PN1", "sometimes", name="Odd"), with_abroad("PN2", ALLOWED, name="Open"))

    assert named_in(abroad(manager)) == {"Open": "/numbers/PN2/"}


def test_of_many_numbers_the_first_are_named_and_a_link_lists_all(manager: PageClient) -> None:
    sync_all(
        *[with_abroad(f"PN{place}", ALLOWED, name=f"Desk {place}") for place in range(1, 8)],
        with_abroad("PN8", RESTRICTED),
    )

    line = abroad(manager)

    assert list(named_in(line)) == ["Desk 1", "Desk 2", "Desk 3", "Desk 4"]
    more = find_one(line, "a[href^='/numbers/?']")
    assert text_of(more) == "and 3 more"
    assert numbers_on(parse_page(manager.get(attribute(more, "href")))) == [f"PN{place}" for place in range(1, 8)]


def test_the_link_to_unreported_numbers_lists_them(manager: PageClient) -> None:
    sync_all(*[with_abroad(f"PN{place}", "?") for place in range(5)], with_abroad("PN8", RESTRICTED))

    more = find_one(abroad(manager), "a[href^='/numbers/?']")

    assert len(numbers_on(parse_page(manager.get(attribute(more, "href"))))) == 5


def test_the_reach_covers_all_numbers_not_only_visible_ones(manager: PageClient) -> None:
    sync_all(
        *[with_abroad(f"PN{place:03}", RESTRICTED) for place in range(60)], with_abroad("PN999", ALLOWED, name="Z")
    )

    page = parse_page(manager.get(PAGE))

    assert not page.css('[data-number="PN999"]')
    assert named_in(reach_on(page)["calling.Intl"]) == {"Z": "/numbers/PN999/"}


def test_a_number_they_left_gives_no_reach(manager: PageClient) -> None:
    sync_all(with_abroad("PN1", ALLOWED), with_abroad("PN2", RESTRICTED))
    sync_all(with_abroad("PN1", ALLOWED, users=[user("US2")]), with_abroad("PN2", RESTRICTED))

    assert attribute(find_one(abroad(manager), "[data-fact]"), "data-fact") == "restricted"


def test_an_earlier_restriction_no_longer_counts(manager: PageClient) -> None:
    sync_all(with_abroad("PN1", ALLOWED))
    sync_all(with_abroad("PN1", RESTRICTED))

    assert attribute(find_one(abroad(manager), "[data-fact]"), "data-fact") == "restricted"
    row = find_one(parse_page(manager.get(PEOPLE)), '[data-teammate="US1"]')
    assert attribute(find_one(row, '[data-cell="calling.Intl"]'), "data-fact") == "restricted"


def unshared_section(manager: PageClient) -> Any:
    return find_one(parse_page(manager.get(PAGE)), "[aria-labelledby=lone-title]")


def test_numbers_that_nobody_else_is_on_are_listed(manager: PageClient) -> None:
    sync_all(
        number("PN1", name="Alone"),
        number("PN2", name="Alone and forwarded", forward="+442079460958"),
        number("PN3", name="Shared", users=[user("US1"), user("US2")]),
        number("PN4", name="Theirs", users=[user("US2")]),
    )

    section = unshared_section(manager)

    assert named_in(section) == {"Alone": "/numbers/PN1/", "Alone and forwarded": "/numbers/PN2/"}
    assert text_of(find_one(section, "p")).startswith(
        "2 numbers would be left with nobody: texts to them would reach no teammate, and calls only by forwards."
    )
    assert [text_of(item) for item in section.css("li")] == [
        "Alone +1 555-555-0123",
        "Alone and forwarded +1 555-555-0123 calls would still be forwarded to +44 20 7946 0958 (United Kingdom). "
        "That is outside the company.",
    ]


def test_one_number_is_described_in_the_singular(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert text_of(find_one(unshared_section(manager), "p")).startswith(
        "1 number would be left with nobody: calls and texts to it would reach no teammate."
    )


@pytest.mark.parametrize(
    ("count", "on"), [(1, "their only number"), (2, "both of their numbers"), (3, "each of their 3 numbers")]
)
def test_numbers_shared_with_others_are_not_listed(manager: PageClient, count: int, on: str) -> None:
    sync_all(*[number(f"PN{place}", users=[user("US1"), user("US2")]) for place in range(count)])

    assert text_of(find_one(unshared_section(manager), "p")) == (
        f"No number would be left with nobody: somebody else is on {on}, too."
    )


def test_a_former_teammate_does_not_count_as_somebody_else(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1"), user("US2")]))
    sync_all(number("PN1", users=[user("US1")]))

    assert list(named_in(unshared_section(manager))) == ["Front desk"]


def test_of_many_unshared_numbers_the_first_are_named_and_all_counted(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teammates, "MAX_UNSHARED", 3)
    sync_all(*[number(f"PN{place}") for place in range(5)])

    section = unshared_section(manager)

    assert len(section.css("li")) == 3
    assert text_of(section.css("p")[0]).startswith("5 numbers would be left with nobody")
    assert "These are the first 3 of 5." in text_of(section)


RAWS = st.sampled_from([ALLOWED, RESTRICTED, "sometimes", None])
# For each number: the raw value of each cell, and its teammates.
WORKSPACES = st.lists(
    st.tuples(st.lists(RAWS, min_size=6, max_size=6), st.sets(st.sampled_from(["US1", "US2", "US3"]))), max_size=6
)


def record(place: int, raws: list[str | None], people: set[str]) -> dict[str, Any]:
    restrictions: dict[str, dict[str, str]] = {"calling": {}, "messaging": {}}
    for (channel, region), raw in zip(CELLS, raws, strict=True):
        if raw is not None:
            restrictions[channel][region] = raw
    on_it = [user(user_id, firstName=user_id) for user_id in sorted(people)]
    return number(f"PN{place}", name=f"Line {place}", restrictions=restrictions, users=on_it)


def _reach_of(raws: list[str | None]) -> Fact:
    if ALLOWED in raws:
        return Fact.ALLOWED
    return Fact.RESTRICTED if set(raws) == {RESTRICTED} else Fact.UNKNOWN


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORKSPACES, WORKSPACES)
def test_reach_and_unshared_numbers_match_a_naive_model(
    db: None,
    earlier: list[tuple[list[str | None], set[str]]],
    now: list[tuple[list[str | None], set[str]]],
) -> None:
    with rolled_back():
        sync_all(number("PNalways", users=[user(user_id) for user_id in ("US1", "US2", "US3")]))
        for workspace in (earlier, now):
            sync_all(number("PNalways", users=[]), *[record(place, *line) for place, line in enumerate(workspace)])
        version = memory_version()
        listed = {row.user_id: row for row in teammates.teammate_list(TeammateFilters(), version).rows}

        for user_id in ("US1", "US2", "US3"):
            theirs = [(place, raws, people) for place, (raws, people) in enumerate(now) if user_id in people]
            page = teammates.teammate_page(user_id, version)
            assert page
            assert page.total == listed[user_id].numbers == len(theirs)
            raws_by_cell = [[raws[at] for _, raws, _ in theirs] for at in range(6)] if theirs else []
            facts = [_reach_of(raws) for raws in raws_by_cell]
            assert [line.reading.fact for line in page.reach] == facts
            assert [reading.fact for reading in listed[user_id].reach] == facts
            for at, line in enumerate(page.reach):
                grant = [place for place, raws, _ in theirs if raws[at] == ALLOWED]
                odd = [place for place, raws, _ in theirs if raws[at] not in {ALLOWED, RESTRICTED}]
                naming = {Fact.ALLOWED: grant, Fact.UNKNOWN: odd, Fact.RESTRICTED: []}[line.reading.fact]
                assert [named.url for named in line.numbers] == [f"/numbers/PN{place}/" for place in naming[:4]]
            unshared = [f"/numbers/PN{place}/" for place, _, people in theirs if people == {user_id}]
            assert [named.url for named in page.unshared] == unshared
