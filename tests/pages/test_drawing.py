"""What is drawn once and kept: never for another state, and in every list with that list's own links."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from django.db.models import F
from django.http import QueryDict
from django.template.loader import get_template
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django import Settings
from selectolax.lexbor import LexborHTMLParser

from accounts.models import User
from numbers import drawing, row_patterns
from numbers.columns import LABELS, shown
from numbers.facts import COLUMNS, Cell, Fact
from numbers.filters import parse
from numbers.models import NumberState, Sync
from numbers.rows import NumberRow, TeammateLine
from tests.support.pages import LIST, Office, attribute, one, parsed, remember, texts, words
from tests.support.quo_answers import number, user

HOSTILE = ["<list>", "</list>", "<token>", "&lt;list&gt;", "US1</list>&x=", "%00", "a\u2028b"]


@pytest.fixture
def rows_drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kind of each row that a template draws while the test runs; none was drawn before."""
    kinds: list[str] = []

    class Noted:
        def __init__(self, template: str) -> None:
            self.template = template

        def render(self, shows: dict[str, Any]) -> str:
            if self.template == "numbers/_row.html":
                kinds.append(shows["row"].kind)
            return get_template(self.template).render(shows)

    monkeypatch.setattr("numbers.drawing.get_template", Noted)
    row_patterns._drawn.cache_clear()
    return kinds


def test_rows_of_one_pattern_are_drawn_once_for_all_lists(office: Office, rows_drawn: list[str]) -> None:
    remember(*[number(f"PN{place}", name=f"Desk {place}") for place in range(1, 4)])

    for path in (LIST, f"{LIST}?sort=-name", f"{LIST}?q=desk"):
        names = texts(parsed(office.get(path)).css("[data-number] .name"))
        assert sorted(names) == ["Desk 1", "Desk 2", "Desk 3"]

    assert rows_drawn == ["local"]


def test_a_row_of_another_pattern_is_drawn_by_itself(office: Office, rows_drawn: list[str]) -> None:
    records = [number(f"PN{place}") for place in range(1, 11)]
    remember(*records)
    office.get(LIST)
    rows_drawn.clear()
    remember(*records[1:], {**records[0], "number": "+18005550123"})

    page = parsed(office.get(LIST))

    assert words(one(page, "[data-number=PN1] .number")) == "(800) 555-0123 toll-free"
    assert rows_drawn == ["toll-free"]


SOME_TEXT = st.sampled_from(["", *HOSTILE, "<hole 0 name>", "\x00", "\"'&amp;", "x" * 90]) | st.text(max_size=8)
PEOPLE = st.builds(TeammateLine, SOME_TEXT, SOME_TEXT, SOME_TEXT, SOME_TEXT, SOME_TEXT)
CELLS = st.tuples(*(st.builds(Cell, st.just(column), st.sampled_from(Fact), SOME_TEXT) for column in COLUMNS))
ROWS = st.builds(
    NumberRow,
    key=st.integers(1),
    **dict.fromkeys(("quo_id", "url", "symbol", "name", "number", "number_pretty"), SOME_TEXT),
    kind=st.sampled_from(["toll-free", "local"]),
    shown=st.lists(PEOPLE, max_size=4).map(tuple),
    more=st.sampled_from([0, 1, 1234]),
    cells=CELLS,
    **dict.fromkeys(("forward", "porting", "group", "country"), SOME_TEXT),
)


@given(ROWS, st.sets(st.sampled_from(list(LABELS))), st.booleans())
def test_a_filled_pattern_is_what_the_template_draws(row: NumberRow, columns: set[str], is_list: bool) -> None:
    cells = drawing.draw("numbers/_cells.html", cells=row.cells, shown=shown(columns))
    drawn = drawing.draw("numbers/_row.html", row=row, cells=cells, shown=shown(columns), is_list=is_list)
    filled = row_patterns.row_html(row, shown(columns), is_list=is_list)
    assert unbroken(filled) == unbroken(drawn)


def unbroken(html: str) -> str:
    """The HTML without the line breaks between its cells."""
    return re.sub(r"(?<=>)\s*\n\s*(?=<)", "", html)


def test_nothing_stands_between_the_cells_of_a_row(office: Office) -> None:
    remember(number("PN1", users=[user("US1")], portingStatus="pending"))

    row = one(parsed(office.get(LIST)), "[data-number]")

    assert row.html
    assert not re.search(r">\s+<t[dh]", row.html)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "New name"},
        {"symbol": "★"},
        {"number": "+14155550177"},
        {"forward": "+14155550188"},
        {"portingStatus": "pending"},
        {"groupId": "New group"},
        {"users": [user("US1", firstName="Augusta")]},
        {"users": [user("US2")]},
        {"users": []},
        {"restrictions": {**number()["restrictions"], "calling": dict.fromkeys(("US", "CA", "Intl"), "restricted")}},
    ],
    ids=str,
)
def test_a_row_shows_each_change(office: Office, change: dict[str, Any]) -> None:
    office.post("/numbers/columns/", {"column": list(LABELS)})
    remember(number("PN1", users=[user("US1")]))
    before = one(parsed(office.get(LIST)), "[data-number]").html
    remember({**number("PN1", users=[user("US1")]), **change})

    assert one(parsed(office.get(LIST)), "[data-number]").html != before


def test_each_list_links_to_itself_with_one_teammate(office: Office) -> None:
    remember(number("PN1", users=[user("US1")]), number("PN2", users=[user("US1")]))

    for query, narrowed in {
        "": "user=US1",
        "q=desk": "q=desk&user=US1",
        "sort=-name&group=1234": "user=US1&group=1234&sort=-name",
    }.items():
        links = parsed(office.get(f"{LIST}?{query}")).css("[data-number] [data-teammate=US1]")
        assert [attribute(link, "href") for link in links] == [f"{LIST}?{narrowed}"] * 2
        assert [attribute(link, "href") for link in links] == [f"{LIST}?{narrowed}"] * 2


@pytest.mark.parametrize("text", HOSTILE)
def test_what_quo_sends_is_never_taken_for_a_place_of_a_link(office: Office, text: str) -> None:
    remember(number("PN1", name=text, groupId=text, users=[user(f"US{text}".replace("\u2028", ""), firstName=text)]))

    page = parsed(office.get(LIST))

    row = one(page, "[data-number]")
    assert words(one(row, ".name bdi")) == " ".join(text.split())
    (link,) = row.css("[data-teammate]")
    query = urlencode({"user": attribute(link, "data-teammate")})
    assert attribute(link, "href") == f"{LIST}?{query}"
    assert not page.css("list, token")


@given(
    st.dictionaries(st.sampled_from(["q", "group", "porting", "sort", "user", "kind"]), st.text(max_size=12)),
    st.text(max_size=12).map("US{}".format),
)
@example({"q": "%00", "group": "%00"}, "US%00")
@example({"q": "\x00", "user": "US\x00"}, "US")
def test_what_stands_around_a_teammate_makes_the_address_of_their_list(query: dict[str, str], user_id: str) -> None:
    asked = parse(QueryDict(urlencode(query, errors="replace")))

    before, after = asked.around_user()

    quoted = quote_plus(user_id, errors="replace")
    assert f"{before}{quoted}{after}" == asked.but(user=user_id.encode(errors="replace").decode()).query


def test_while_templates_are_written_each_row_is_drawn_anew(
    office: Office, rows_drawn: list[str], settings: Settings
) -> None:
    remember(number("PN1"))
    settings.DEBUG = True

    office.get(LIST)
    office.get(LIST)

    assert rows_drawn == ["local"] * 2


def tokens(page: LexborHTMLParser) -> set[str]:
    fields = page.css("[name=csrfmiddlewaretoken]")
    assert len(fields) > 4
    return {attribute(field, "value") for field in fields}


def test_each_page_has_the_token_of_its_own_for_all_of_its_forms(office: Office) -> None:
    remember(number("PN1"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())

    mine, again, others = (parsed(client.get(LIST)) for client in (office, office, strict))

    assert [len(tokens(page)) for page in (mine, again, others)] == [1, 1, 1]
    assert len(tokens(mine) | tokens(again) | tokens(others)) == 3
    for token, status in ((tokens(others), 302), (tokens(mine), 403)):
        sent = strict.post("/numbers/columns/", {"csrfmiddlewaretoken": token.pop(), "usual": "1"})
        assert sent.status_code == status


@pytest.mark.parametrize("path", [LIST, "/audit/", "/teammates/", "/teammates/US1/", "/numbers/PN1/", "/"])
def test_what_is_kept_of_a_page_is_as_it_was_drawn(office: Office, path: str) -> None:
    remember(number("PN1", users=[user("US1")]), number("PN2", portingStatus="pending"), ago=timedelta(minutes=5))

    drawn, kept = (re.sub(r'value="\w{64}"', "", office.get(path).content.decode()) for _ in range(2))

    assert kept == drawn


def groups_offered(office: Office) -> list[str]:
    return texts(one(parsed(office.get(LIST)), "#f-group").css("option"))[1:]


def test_the_form_offers_a_group_as_soon_as_it_is_there(office: Office) -> None:
    remember(number("PN1", groupId="front"))
    assert groups_offered(office) == ["front (1: Front desk)"]
    remember(number("PN1", groupId="front"), number("PN2", groupId="back"))

    assert groups_offered(office) == ["back (1: Front desk)", "front (1: Front desk)"]


def test_nothing_of_before_a_restore_is_offered_though_keys_come_again(office: Office) -> None:
    remember(number("PN1", groupId="front"))
    assert groups_offered(office) == ["front (1: Front desk)"]
    NumberState.objects.update(group_id="other")
    Sync.objects.update(started_at=F("started_at") - timedelta(days=1))

    assert groups_offered(office) == ["other (1: Front desk)"]
