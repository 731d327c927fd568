"""The columns of the list that a user chose, saved for their account."""

from typing import Any

import pytest
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from accounts.models import User
from accounts.roles import Role
from numbers.models import ShownColumns
from numbers.pages.columns import USUAL, optional_keys, visible_columns
from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    attribute,
    client_with_role,
    csrf_token_of,
    find_one,
    numbers_on,
    parse_page,
    sync_all,
    texts,
)
from tests.support.quo_answers import number

COLUMNS = "/numbers/columns/"
OPTIONAL = optional_keys()
CELLS = [key for key in OPTIONAL if key.startswith(("calling_", "messaging_"))]


def choose(manager: Client, *keys: str, **more: str) -> Any:
    return manager.post(COLUMNS, {"column": keys, **more})


def headings(page: LexborHTMLParser) -> list[str]:
    """Return the keys of the table's columns, from the links in its headings."""
    return [attribute(link, "id").removeprefix("sort-") for link in page.css("table.numbers thead a")]


def ticked(page: LexborHTMLParser) -> list[str]:
    return [attribute(box, "value") for box in page.css("#columns-form input[type=checkbox][checked]")]


@pytest.fixture
def filled(manager: PageClient) -> PageClient:
    sync_all(number("PN1", number="+14155550100"), number("PN2", number="+18005550100", forward="+14155550100"))
    return manager


@pytest.fixture
def colleague(db: None) -> PageClient:
    return client_with_role(Role.VIEWER, "bo@example.com")


def test_the_default_columns_are_shown_until_the_user_chooses(filled: PageClient) -> None:
    page = parse_page(filled.get(LIST))

    assert set(headings(page)) == {"name", *USUAL}
    assert ticked(page) == list(USUAL)
    assert set(OPTIONAL) - set(USUAL) == {"group", "kind", "country"}


@pytest.mark.parametrize("key", [key for key in OPTIONAL if key not in CELLS])
def test_each_column_can_be_the_only_one(filled: PageClient, key: str) -> None:
    choose(filled, key)

    page = parse_page(filled.get(LIST))

    assert sorted(headings(page)) == sorted(["name", key])
    assert ticked(page) == [key]
    for row in page.css("#results tbody tr"):
        assert len(row.css("th, td")) == 2


@pytest.mark.parametrize("key", CELLS)
def test_each_cell_can_be_the_only_column(filled: PageClient, key: str) -> None:
    choose(filled, key)

    page = parse_page(filled.get(LIST))

    assert headings(page) == ["name", key]
    channel, _, region = key.partition("_")
    assert texts(page.css("thead .channel")) == [channel.capitalize()]
    for row in page.css("#results tbody tr"):
        cells = [attribute(cell, "data-cell").lower() for cell in row.css("[data-cell]")]
        assert cells == [f"{channel}.{region}"]


@pytest.mark.parametrize(
    "keys", [[], ["kind"], ["calling_us"], ["messaging_us", "messaging_intl"], ["group", "calling_ca"], OPTIONAL]
)
def test_every_row_has_as_many_cells_as_the_table_has_columns(filled: PageClient, keys: list[str]) -> None:
    choose(filled, *keys)

    page = parse_page(filled.get(LIST))

    first, *second = page.css("table.numbers thead tr")
    assert len(second) == bool({*keys} & {*CELLS})  # screen readers would announce an empty row of headings
    spans = [int(heading.attributes.get("colspan") or 1) for heading in first.css("th")]
    assert {len(row.css("th, td")) for row in page.css("#results tbody tr")} == {sum(spans)} == {1 + len(keys)}


@pytest.mark.parametrize(
    ("keys", "is_wide"),
    [
        (USUAL, False),
        ([*USUAL, "kind"], True),
        (["group", *USUAL[1:]], True),
        (["group", "kind", "country", "calling_us"], False),
        (OPTIONAL, True),
        ([], False),
    ],
)
def test_a_table_that_may_not_fit_is_marked(filled: PageClient, keys: list[str], is_wide: bool) -> None:
    choose(filled, *keys)

    assert len(parse_page(filled.get(LIST)).css("table.numbers.is-wide")) == is_wide


def test_the_name_is_always_shown(filled: PageClient) -> None:
    choose(filled)

    page = parse_page(filled.get(LIST))

    assert headings(page) == ["name"]
    assert ticked(page) == []
    assert numbers_on(page) == ["PN1", "PN2"]


def test_the_columns_keep_their_order_whatever_order_is_sent(filled: PageClient) -> None:
    choose(filled, *reversed(OPTIONAL))

    page = parse_page(filled.get(LIST))

    assert ticked(page) == OPTIONAL
    assert ShownColumns.objects.get().columns == OPTIONAL


def test_every_column_shows_its_value(filled: PageClient) -> None:
    choose(filled, "group", "kind", "country")

    row = find_one(parse_page(filled.get(LIST)), "[data-number=PN2]")

    assert texts(row.css("td")) == ["1234", "toll-free", "United States"]


def test_an_unknown_country_is_called_not_known(manager: PageClient) -> None:
    sync_all(number("PN1", number="+15555550123"))
    choose(manager, "country")

    assert texts(parse_page(manager.get(LIST)).css("td.country")) == ["not known"]


def test_a_choice_replaces_the_previous_one(filled: PageClient) -> None:
    choose(filled, "group")
    choose(filled, "kind", "country")

    assert ticked(parse_page(filled.get(LIST))) == ["kind", "country"]
    assert ShownColumns.objects.count() == 1


def test_a_fragment_has_the_chosen_columns(filled: PageClient) -> None:
    choose(filled, "kind")

    for headers in (HTMX, {**HTMX, "HX-Trigger": "refresh"}):
        assert headings(parse_page(filled.get(LIST, headers=headers))) == ["name", "kind"]


def test_a_button_restores_the_default_columns(filled: PageClient) -> None:
    choose(filled, "group")

    choose(filled, "kind", usual="1")

    assert ticked(parse_page(filled.get(LIST))) == list(USUAL)
    assert not ShownColumns.objects.exists()


def test_restoring_the_defaults_works_without_a_choice(filled: PageClient) -> None:
    assert choose(filled, usual="1").status_code == 302


def test_a_choice_applies_only_to_its_user(filled: PageClient, colleague: PageClient) -> None:
    choose(filled, "group")
    choose(colleague, "kind")

    assert ticked(parse_page(filled.get(LIST))) == ["group"]
    assert ticked(parse_page(colleague.get(LIST))) == ["kind"]
    choose(filled, usual="1")
    assert ticked(parse_page(colleague.get(LIST))) == ["kind"]


def test_unknown_columns_are_not_saved(filled: PageClient) -> None:
    choose(filled, "kind", "name", "colour", "<b>", "", "kind")

    assert ShownColumns.objects.get().columns == ["kind"]
    assert headings(parse_page(filled.get(LIST))) == ["name", "kind"]


def test_saved_columns_that_no_longer_exist_are_ignored(filled: PageClient) -> None:
    user = User.objects.get()
    ShownColumns.objects.create(user=user, columns=["kind", "colour"])

    assert headings(parse_page(filled.get(LIST))) == ["name", "kind"]
    assert "colour" not in visible_columns(["colour"])


def test_choosing_returns_to_the_same_list(filled: PageClient) -> None:
    address = f"{LIST}?q=desk&sort=-number&page=2"

    assert choose(filled, "kind", next=address).headers["Location"] == address


@pytest.mark.parametrize(
    "address", ["", "https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)", "numbers/"]
)
def test_choosing_never_redirects_to_another_site(filled: PageClient, address: str) -> None:
    assert choose(filled, "kind", next=address).headers["Location"] == LIST


def test_choosing_needs_a_post(filled: PageClient) -> None:
    for method in ("get", "head", "put", "delete"):
        assert getattr(filled, method)(f"{COLUMNS}?column=kind").status_code == 405
    assert not ShownColumns.objects.exists()


def test_choosing_needs_a_csrf_token(filled: PageClient) -> None:
    strict = PageClient(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())

    assert choose(strict, "kind").status_code == 403
    token = csrf_token_of(parse_page(strict.get(LIST)), "columns-form")
    assert choose(strict, "kind", csrfmiddlewaretoken=token).status_code == 302
    assert ShownColumns.objects.get().columns == ["kind"]


def test_the_list_can_be_sorted_by_a_hidden_column(filled: PageClient) -> None:
    choose(filled, "kind")

    assert numbers_on(parse_page(filled.get(LIST, {"sort": "-number"}))) == ["PN2", "PN1"]


def test_choosing_needs_a_sign_in(client: Client, db: None) -> None:
    assert choose(client, "kind").headers["Location"].startswith("/accounts/login/")
    assert not ShownColumns.objects.exists()
