"""Rendering of rows and cached sections: current data, the page's own links and its own form token."""

import re
import shutil
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from django.conf import settings as live
from django.db import transaction
from django.db.models import F
from django.template.autoreload import reset_loaders
from django.test import Client
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings
from selectolax.lexbor import LexborHTMLParser

from accounts.models import User
from numbers.database.paging import PAGE_SIZE
from numbers.models import NumberState, Sync
from numbers.pages.columns import USUAL, optional_keys
from numbers.vocabulary.folding import fold
from tests.support.caches import clear_caches
from tests.support.hostile import hostile_id
from tests.support.number_rows import TELEPHONES, row_for, rows_of
from tests.support.pages import (
    LIST,
    PageClient,
    attribute,
    csrf_token_of,
    find_one,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number, user

HOSTILE = ["<list>", "</td>", "{{ row }}", "&lt;list&gt;", "US1</a>&x=", "%00", "a\u2028b", "{% csrf_token %}"]

OPTIONAL = optional_keys()

Json = dict[str, Any]
Answer = list[Json]

any_text = st.sampled_from(["", *HOSTILE, "\x00", "\"'&amp;", "x" * 90]) | st.text(
    st.characters(codec="utf-8"), max_size=8
)
any_id = any_text.map(lambda text: hostile_id("", text)[:50])
words_for_a_cell = st.sampled_from(["unrestricted", "restricted", "Restricted", "", "<b>&amp;\"'", "</td>"])
regions = st.dictionaries(st.sampled_from(["US", "CA", "Intl"]), words_for_a_cell)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Up to four numbers with up to six teammates, whose names start with A to F."""
    ids, text, last, has_names = draw(any_id), draw(any_text), draw(st.none() | any_text), draw(st.booleans())
    people = [
        user(f"US{each}{ids}", email=f"{each}@{text}", firstName=f"{each} {text}", lastName=last)
        if has_names
        else user(f"US{each}{ids}", email=f"{each}@{text}", firstName=None, lastName=draw(st.sampled_from([None, " "])))
        for each in "ABCDEF"
    ]
    return [
        number(
            f"PN{place}{ids}",
            users=draw(st.lists(st.sampled_from(people), unique_by=lambda each: each["id"])),
            number=draw(st.sampled_from(list(TELEPHONES))),
            forward=draw(st.none() | st.sampled_from(list(TELEPHONES)) | any_text),
            restrictions={"calling": draw(regions), "messaging": draw(regions)},
            **{key: draw(any_text) for key in ("name", "groupId")},
            **{key: draw(st.none() | any_text) for key in ("symbol", "portingStatus")},
        )
        for place in range(draw(st.integers(1, 4)))
    ]


def number_with_text(text: str) -> Json:
    """Return a number with this text in every text field."""
    cells = dict.fromkeys(("US", "CA", "Intl"), text[:15])
    return number(
        hostile_id("PN", text),
        **dict.fromkeys(("name", "symbol", "groupId", "forward", "portingStatus"), text),
        number="+18005550123",
        users=[user(hostile_id("US", text), email=text, firstName=f"A{text}", lastName=text)],
        restrictions={"calling": cells, "messaging": cells},
    )


@example([[number_with_text("<b>&amp;\"' </td>")], [number_with_text("x" * 90)]], set(OPTIONAL), False)
@examples(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking a failure would take minutes
)
@given(st.lists(answers(), min_size=1, max_size=3), st.sets(st.sampled_from(OPTIONAL)), st.booleans())
def test_rows_show_the_latest_state(
    manager: PageClient, conversation: list[Answer], columns: set[str], is_sorted: bool
) -> None:
    query = {"sort": "-number"} if is_sorted else {}
    before = transaction.savepoint()
    clear_caches()
    manager.post("/numbers/columns/", {"column": list(columns)})
    try:
        for answer in conversation:
            sync_all(*answer)
            listed = rows_of(parse_page(manager.get(LIST, query)))
            assert listed == {each["id"]: row_for(each, columns, partial(list_of, query), answer) for each in answer}
            for person in answer[0]["users"][:1]:
                theirs = [record for record in answer if person in record["users"]]
                of_person = rows_of(parse_page(manager.get(page_of(person["id"]))))
                assert of_person == {each["id"]: row_for(each, USUAL, page_of, answer) for each in theirs}
    finally:
        transaction.savepoint_rollback(before)


def page_of(user_id: str) -> str:
    return f"/teammates/{quote(user_id, safe='')}/"


def list_of(query: Mapping[str, str], user_id: str) -> str:
    """Return the URL of the list with this query and a teammate filter."""
    return f"{LIST}?{urlencode({'user': user_id, **query})}"


def test_a_row_counts_the_teammates_that_it_does_not_name(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user(f"US{place}", firstName=f"{place:04}") for place in range(1_004)]))

    assert text_of(find_one(parse_page(manager.get(LIST)), "[data-number] .people")) == "0000, 0001, 0002, +1,001"


@pytest.mark.parametrize(
    "change",
    [
        {"name": "New name"},
        {"symbol": "★"},
        {"number": "+18005550123"},
        {"forward": "+14155550100"},
        {"portingStatus": "pending"},
        {"groupId": "New group"},
        {"users": [user("US1", firstName="Augusta")]},
        {"users": [user("US2")]},
        {"users": []},
        {"restrictions": {**number()["restrictions"], "calling": dict.fromkeys(("US", "CA", "Intl"), "restricted")}},
    ],
    ids=str,
)
def test_a_row_shows_each_change_at_once(manager: PageClient, change: Json) -> None:
    manager.post("/numbers/columns/", {"column": OPTIONAL})
    record = number("PN1", users=[user("US1")])
    sync_all(record)
    before = rows_of(parse_page(manager.get(LIST)))
    sync_all(record | change)

    after = rows_of(parse_page(manager.get(LIST)))

    assert after == {"PN1": row_for(record | change, OPTIONAL, partial(list_of, {}))}
    assert after != before


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("", "user=US1"),
        ("q=desk", "q=desk&user=US1"),
        ("sort=-name&group=1234", "user=US1&group=1234&sort=-name"),
        ("user=US2", "user=US1"),
        ("page=1&q=%00&user=US1%00&colour=red", "user=US1"),
    ],
)
def test_each_list_links_to_itself_with_one_teammate(manager: PageClient, query: str, narrowed: str) -> None:
    people = [user("US1"), user("US2", firstName="Bo")]
    sync_all(number("PN1", users=people), number("PN2", users=people))
    manager.get(LIST)

    for _ in range(2):
        links = parse_page(manager.get(f"{LIST}?{query}")).css("[data-number] [data-teammate=US1]")
        assert [attribute(link, "href") for link in links] == [f"{LIST}?{narrowed}"] * 2


@examples(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    any_text.filter(lambda text: fold(text) and "\x00" not in text),
    any_id,
    st.sets(st.sampled_from(["q", "group", "porting"])),
)
@example("%00", "%00", {"q", "group", "porting"})
def test_a_teammates_link_adds_their_id_to_the_query(manager: PageClient, text: str, rest: str, keys: set[str]) -> None:
    query = {"q": " ".join(text.split()), "group": text, "porting": text}
    query = {key: query[key] for key in keys}
    before = transaction.savepoint()
    clear_caches()
    try:
        sync_all(number("PN1", name=text, groupId=text, portingStatus=text, users=[user(f"US{rest}")]))
        link = find_one(parse_page(manager.get(LIST, {**query, "sort": "-name"})), "[data-number=PN1] [data-teammate]")
    finally:
        transaction.savepoint_rollback(before)

    path, link_query = attribute(link, "href").split("?")
    assert path == LIST
    assert dict(parse_qsl(link_query, strict_parsing=True)) == {**query, "user": f"US{rest}", "sort": "-name"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_row_stays_text(manager: PageClient, text: str) -> None:
    sync_all(number("PN1", name=text, groupId=text, users=[user(hostile_id("US", text), firstName=text)]))

    page = parse_page(manager.get(LIST))

    row = find_one(page, "[data-number]")
    assert text_of(find_one(row, ".name bdi")) == " ".join(text.split())
    (link,) = row.css("[data-teammate]")
    assert attribute(link, "href") == list_of({}, hostile_id("US", text))
    assert not page.css("list")


def test_a_link_from_a_later_page_leads_to_the_first_page(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place}", users=[user("US1")]) for place in range(PAGE_SIZE + 1)])

    (link,) = parse_page(manager.get(f"{LIST}?page=2")).css("[data-number] [data-teammate]")

    assert attribute(link, "href") == f"{LIST}?user=US1"


def test_an_edited_template_is_reloaded_in_development(manager: PageClient, settings: Settings, tmp_path: Path) -> None:
    """The template was already rendered before the edit."""
    sync_all(number("PN1"))
    templates = shutil.copytree(live.BASE_DIR / "templates", tmp_path / "templates")
    settings.TEMPLATES = [live.TEMPLATES[0] | {"DIRS": [templates]}]
    settings.DEBUG = True
    manager.get(LIST)
    for file in templates.rglob("*.html"):
        file.write_text(re.sub("<(?=t[hd] |label)", "<b-", file.read_text(encoding="utf-8")), encoding="utf-8")
    reset_loaders()  # as Django's development server does when a template changes

    page = parse_page(manager.get(LIST))

    assert len(page.css("b-td")) > 7
    assert page.css("b-th, b-label")
    assert not page.css("td, th, label")


def tokens(page: LexborHTMLParser) -> set[str]:
    fields = page.css("[name=csrfmiddlewaretoken]")
    assert len(fields) > 4
    return {attribute(field, "value") for field in fields}


def test_all_forms_of_a_page_share_its_own_token(manager: PageClient) -> None:
    sync_all(number("PN1"))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())

    mine, again, others = (parse_page(client.get(LIST)) for client in (manager, manager, strict))

    assert [len(tokens(page)) for page in (mine, again, others)] == [1, 1, 1]
    assert len(tokens(mine) | tokens(again) | tokens(others)) == 3
    for token, status in ((tokens(others), 302), (tokens(mine), 403)):
        sent = strict.post("/numbers/columns/", {"csrfmiddlewaretoken": token.pop(), "usual": "1"})
        assert sent.status_code == status


PATHS = [LIST, "/audit/", "/teammates/", "/teammates/US1/", "/numbers/PN1/", "/"]


@pytest.mark.parametrize("path", PATHS)
def test_each_posted_form_of_a_page_has_a_token(manager: PageClient, path: str) -> None:
    """A form in a cached section has its token outside the section."""
    sync_all(number("PN1", users=[user("US1")]))

    page = parse_page(manager.get(path))

    forms = page.css("form[method=post]")
    assert len(forms) > 2
    for form in forms:
        assert form.css("[name=csrfmiddlewaretoken]") or csrf_token_of(page, attribute(form, "id"))


@pytest.mark.parametrize("path", PATHS)
def test_a_cached_page_equals_the_first_rendering(manager: PageClient, path: str) -> None:
    sync_all(number("PN1", users=[user("US1")]), number("PN2", portingStatus="pending"), ago=timedelta(minutes=5))

    first, cached = (re.sub(r'value="\w{64}"', "", manager.get(path).content.decode()) for _ in range(2))

    assert cached == first


def groups_offered(manager: PageClient) -> list[str]:
    return texts(find_one(parse_page(manager.get(LIST)), "#f-group").css("option"))[1:]


def test_the_form_offers_a_new_group_at_once(manager: PageClient) -> None:
    sync_all(number("PN1", groupId="front"))
    assert groups_offered(manager) == ["front (1: Front desk)"]
    sync_all(number("PN1", groupId="front"), number("PN2", groupId="back"))

    assert groups_offered(manager) == ["back (1: Front desk)", "front (1: Front desk)"]


def test_a_restore_that_reuses_keys_shows_no_stale_choices(manager: PageClient) -> None:
    sync_all(number("PN1", groupId="front"))
    assert groups_offered(manager) == ["front (1: Front desk)"]
    NumberState.objects.update(group_id="other")
    Sync.objects.update(started_at=F("started_at") - timedelta(days=1))

    assert groups_offered(manager) == ["other (1: Front desk)"]
