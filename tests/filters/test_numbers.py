"""The matches of each filter of the list of numbers, alone and combined."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from numbers.filters.numbers import NARROWING, parse
from numbers.quo.ids import MAX_LENGTH
from numbers.vocabulary.cells import CHANNELS
from tests.support.listed_numbers import CELL_FIELDS, Record, found
from tests.support.pages import HTMX, LIST, PageClient, notices_of, numbers_on, parse_page, sync_all
from tests.support.quo_answers import number, user

MISSING = object()


def cells(usual: str, **raw: Any) -> Record:
    """Return restrictions with `usual` in every cell except those in `raw`. MISSING omits the cell."""
    raws = dict.fromkeys(CELL_FIELDS, usual) | raw
    return {
        channel.key: {cell.region.key: raws[cell.field] for cell in channel.cells if raws[cell.field] is not MISSING}
        for channel in CHANNELS
    }


@pytest.mark.parametrize("field", CELL_FIELDS)
def test_a_cell_filters_by_its_fact(manager: PageClient, field: str) -> None:
    odd = [None, "", "UNRESTRICTED", "Restricted", "unrestricted ", "sometimes", 1, True, ["restricted"]]
    sync_all(
        number("PNallowed", restrictions=cells("restricted", **{field: "unrestricted"})),
        number("PNrestricted", restrictions=cells("unrestricted", **{field: "restricted"})),
        number("PNmissing", restrictions=cells("unrestricted", **{field: MISSING})),
        *(number(f"PNodd{at}", restrictions=cells("restricted", **{field: raw})) for at, raw in enumerate(odd)),
    )

    assert found(manager, **{field: "allowed"}) == ["PNallowed"]
    assert found(manager, **{field: "restricted"}) == ["PNrestricted"]
    assert found(manager, **{field: "unknown"}) == ["PNmissing", *(f"PNodd{at}" for at in range(len(odd)))]


@pytest.mark.parametrize("group", ["1234", "GR front", " GR1", "GR1 ", "gr1", "é&=#%+?", "“x”", "0", "-", "x" * 500])
def test_a_group_is_matched_by_its_exact_id(manager: PageClient, group: str) -> None:
    sync_all(number("PN1", groupId=group), number("PN2", groupId=f"{group}2"), number("PN3", groupId="GR1"))

    assert found(manager, group=group) == ["PN1"]


def test_an_empty_group_shows_nothing(manager: PageClient) -> None:
    sync_all(number("PN1", groupId="1234"))

    assert found(manager, group="123") == []


def test_the_kind_is_derived_from_the_number(manager: PageClient) -> None:
    sync_all(
        number("PN1", number="+18005550100"),
        number("PN2", number="+18885550100"),
        number("PN3", number="+448081570192"),
        number("PN4", number="+14155550100"),
        number("PN5", number="+442079460958"),
        number("PN6", number="+18105550100"),
    )

    assert found(manager, kind="toll-free") == ["PN1", "PN2", "PN3"]
    assert found(manager, kind="local") == ["PN4", "PN5", "PN6"]
    assert found(manager, kind=" Toll-Free ") == ["PN1", "PN2", "PN3"]


def test_the_country_is_derived_from_the_number(manager: PageClient) -> None:
    sync_all(
        number("PN1", number="+14155550100"),
        number("PN2", number="+18005550100"),
        number("PN3", number="+16045550100"),
        number("PN4", number="+442079460958"),
        number("PN5", number="+15555550123"),  # an area code of no country
        number("PN6", number="+80012345678"),  # toll-free in every country
    )

    assert found(manager, country="US") == ["PN1", "PN2"]
    assert found(manager, country="us") == ["PN1", "PN2"]
    assert found(manager, country=" Ca ") == ["PN3"]
    assert found(manager, country="GB") == ["PN4"]
    assert found(manager, country="FR") == []
    assert found(manager, country="unknown") == ["PN5", "PN6"]
    assert found(manager, country="Unknown") == ["PN5", "PN6"]


PORTS = [None, "", "completed", "Completed", "COMPLETED", "in progress", "completed later", "%", "déjà vu", "x" * 500]


@pytest.mark.parametrize(
    ("porting", "ports"),
    [
        ("none", [None, ""]),
        ("unfinished", ["in progress", "completed later", "%", "déjà vu", "x" * 500]),
        ("completed", ["completed"]),
        ("Completed", ["Completed"]),
        ("in progress", ["in progress"]),
        ("%", ["%"]),
        ("déjà vu", ["déjà vu"]),
        ("x" * 500, ["x" * 500]),
        ("progress", []),
    ],
)
def test_the_port_filter_matches_a_status_no_port_and_unfinished_ports(
    manager: PageClient, porting: str, ports: list[str | None]
) -> None:
    sync_all(*(number(f"PN{place}", portingStatus=port) for place, port in enumerate(PORTS)))

    assert found(manager, porting=porting) == [f"PN{PORTS.index(port)}" for port in ports]


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        *((word, ["PN2", "PN3"]) for word in ("yes", "1", "true", "on", "YES", " yes ")),
        *((word, ["PN1"]) for word in ("no", "0", "false", "off", "No")),
    ],
)
def test_the_unassigned_filter_matches_numbers_with_and_without_teammates(
    manager: PageClient, word: str, ids: list[str]
) -> None:
    sync_all(number("PN1", users=[user()]), number("PN2", users=[]), number("PN3", users=[user()]))
    sync_all(number("PN1", users=[user()]), number("PN2", users=[]), number("PN3", users=[]))

    assert found(manager, unassigned=word) == ids


@pytest.mark.parametrize(("word", "ids"), [("yes", ["PN1"]), ("no", ["PN3", "PN4"]), ("unknown", ["PN2", "PN3"])])
def test_numbers_whose_people_quo_does_not_identify_are_never_unassigned(
    manager: PageClient, word: str, ids: list[str]
) -> None:
    stranger = user(42)  # type: ignore[arg-type] # such an id cannot be read
    people = {"PN1": [], "PN2": None, "PN3": [stranger], "PN4": [user(), stranger]}
    sync_all(*[number(number_id, users=users) for number_id, users in people.items()])

    assert found(manager, unassigned=word) == ids


def test_the_unusual_filter_finds_what_quo_describes_in_a_new_way(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", symbol=5), number("PN3", users=[user(role="manager")]))

    assert found(manager, unusual="yes") == ["PN2", "PN3"]


def test_a_filter_matches_the_current_state(manager: PageClient) -> None:
    before = {"groupId": "old", "number": "+18005550100", "portingStatus": "pending", "forward": "+14155550100"}
    sync_all(number("PN1", **before))
    sync_all(number("PN1", groupId="new", number="+16045550100", users=[]))

    assert found(manager, group="old") == found(manager, kind="toll-free") == found(manager, country="US") == []
    assert (
        found(manager, porting="unfinished") == found(manager, forward="any") == found(manager, unassigned="no") == []
    )
    now = {"group": "new", "kind": "local", "country": "ca", "porting": "completed", "forward": "none"}
    assert found(manager, **now, unassigned="yes") == ["PN1"]


def test_each_filter_can_exclude_a_number_by_itself(manager: PageClient) -> None:
    right: Record = {"number": "+14155550100", "forward": "+14155550100", "restrictions": cells("unrestricted")}
    query = dict.fromkeys(CELL_FIELDS, "allowed") | {"q": "desk", "user": "US1", "group": "1234", "kind": "local"}
    query |= {"country": "US", "porting": "completed", "forward": "inside", "unassigned": "no", "unusual": "yes"}
    right |= {"symbol": 5}
    wrong: list[Record] = [
        {"name": "Back", "forward": "+14155550177"},
        {"users": [user("US2")]},
        {"groupId": "1235"},
        {"portingStatus": "pending"},
        {"number": "+18005550100"},
        {"number": "+16045550100"},
        {"forward": "+16045550199"},
        {"symbol": None},
        *({"restrictions": cells("unrestricted", **{field: "restricted"})} for field in CELL_FIELDS),
    ]
    back = number("PNback", name="Back", number="+14155550177")
    sync_all(
        back, number("PNright", **right), *(number(f"PN{at}", **right | change) for at, change in enumerate(wrong))
    )

    assert set(query) == set(NARROWING)
    assert found(manager, **query) == ["PNright"]


FACTS = "(allowed, restricted, unknown)"


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        *(
            (f"{field}=maybe", f"“maybe” is nothing that {field} can be {FACTS}, so it was ignored.")
            for field in CELL_FIELDS
        ),
        ("calling_us=unrestricted", f"“unrestricted” is nothing that calling_us can be {FACTS}, so it was ignored."),
        ("kind=mobile", "“mobile” is nothing that kind can be (toll-free, local), so it was ignored."),
        ("country=USA", "“USA” is no country's code (they have two letters, such as US), so it was ignored."),
        ("country=1A", "“1A” is no country's code (they have two letters, such as US), so it was ignored."),
        ("country=%C3%84%C3%96", "“ÄÖ” is no country's code (they have two letters, such as US), so it was ignored."),
        ("country=US%00", "“US�” is no country's code (they have two letters, such as US), so it was ignored."),
        (
            "forward=abroad",
            "“abroad” is nothing that forward can be (any, none, inside, outside, unknown), so it was ignored.",
        ),
        ("unassigned=2", "“2” is nothing that unassigned can be (yes, no, unknown), so it was ignored."),
        (f"group={'x' * (MAX_LENGTH + 1)}", f"“{'x' * 60}…” is nothing that group can be, so it was ignored."),
        ("group=a%00", "“a�” is nothing that group can be, so it was ignored."),
        (f"porting={'x' * (MAX_LENGTH + 1)}", f"“{'x' * 60}…” is nothing that porting can be, so it was ignored."),
        ("porting=%00", "“�” is nothing that porting can be, so it was ignored."),
        ("kind=toll-free&kind=local", "“kind” is given more than once; the last one counts."),
        ("calling_eu=allowed", "“calling_eu” means nothing here and was ignored."),
        ("Kind=toll-free", "“Kind” means nothing here and was ignored."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_invalid_filter_value_is_reported_and_ignored(
    manager: PageClient, query: str, notice: str, headers: dict[str, str]
) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(f"{LIST}?{query}", headers=headers))

    assert notices_of(page) == [notice]
    assert numbers_on(page) == ["PN1"]


@pytest.mark.parametrize("query", ["&".join(f"{name}=" for name in NARROWING), "group=+&porting=%09&kind=+&country=+"])
def test_an_empty_filter_does_not_filter(manager: PageClient, query: str) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(f"{LIST}?{query}"))

    assert (notices_of(page), numbers_on(page)) == ([], ["PN1"])
    assert not page.css(".chips")


WORDS = {
    **dict.fromkeys(CELL_FIELDS, st.sampled_from(["allowed", "Restricted", "unknown", "x", ""])),
    "kind": st.sampled_from(["local", "TOLL-FREE", "x"]),
    "country": st.sampled_from(["us", "CA", "Unknown", "usa"]),
    "forward": st.sampled_from(["any", "None", "yes", "0", "inside", "outside", "x"]),
    "unassigned": st.sampled_from(["yes", "No", "1", "off", "x"]),
    "user": st.text(max_size=5).map("US{}".format) | st.text(max_size=5),
    "sort": st.sampled_from(["name", "-name", "kind", "-country", "x"]),
    "page": st.sampled_from(["0", "1", "2", "x"]),
}
ANYTHING = {**dict.fromkeys(("q", "group", "porting", "who"), st.text(max_size=8)), **WORDS}


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries({}, optional=ANYTHING))
@example({"q": " a  b ", "group": " x ", "user": " US 1 ", "porting": "a\nb"})
def test_the_canonical_query_parses_to_the_same_filters(query: dict[str, str]) -> None:
    filters = parse(QueryDict(urlencode(query, errors="replace")))

    again = parse(QueryDict(filters.query))

    assert again.query == filters.query
    assert again.notices == ()
    assert (again.active, again.sort, again.page) == (filters.active, filters.sort, filters.page)
