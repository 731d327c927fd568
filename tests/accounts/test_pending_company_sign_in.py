"""The unfinished company sign-ins of a browser, which are kept in a signed cookie."""

import secrets
import time
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client
from pytest_django import Settings

from accounts.company.pending import MAX_LENGTH
from accounts.models import AccountSession, User
from tests.support.accounts import is_signed_in
from tests.support.company_sign_in import CALLBACK, address_of, ask_provider, begin, come_back
from tests.support.oidc_provider import Provider
from tests.support.pages import parse_page, text_of

pytestmark = pytest.mark.django_db

COOKIE = live.COMPANY_COOKIE_NAME
LONG = "/numbers/?q=" + secrets.token_hex(6_000)


def came_back_too_late(response: Any) -> bool:
    return "This sign-in has ended" in text_of(parse_page(response, 400))


def test_visitors_who_start_sign_ins_store_no_session(provider: Provider, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip"}
    client = Client()
    for visitor in (client, client, *(Client() for _ in range(40))):
        assert begin(visitor, next="/numbers/").status_code == 200
        visitor.get(CALLBACK, {"code": "c", "state": "made up"})
        visitor.get(CALLBACK, {"error": "access_denied", "state": "made up"})
    assert not AccountSession.objects.exists()


def test_the_cookie_is_for_this_site_and_short(client: Client, provider: Provider) -> None:
    cookie = begin(client).cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)


def test_two_tabs_finish_their_sign_ins_in_any_order(client: Client, user: User, provider: Provider) -> None:
    first, second = (ask_provider(address_of(begin(client, next=page))) for page in ("/status/", "/audit/"))
    assert come_back(client, second).headers["Location"] == "/audit/"
    assert come_back(client, first).headers["Location"] == "/status/"
    assert is_signed_in(client)


def test_a_callback_works_only_once(client: Client, user: User, provider: Provider) -> None:
    address = ask_provider(address_of(begin(client)))
    come_back(client, address)
    assert is_signed_in(client)
    del client.cookies[live.SESSION_COOKIE_NAME]
    assert came_back_too_late(come_back(client, address))
    assert not is_signed_in(client)


def test_a_callback_after_ten_minutes_is_refused(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = ask_provider(address_of(begin(client)))
    later = time.time() + 601
    monkeypatch.setattr("authlib.integrations.base_client.framework_integration.time.time", lambda: later)
    assert came_back_too_late(come_back(client, address))


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "é", "signed elsewhere"])
def test_an_invented_cookie_is_no_sign_in(client: Client, provider: Provider, settings: Settings, cookie: str) -> None:
    address = ask_provider(address_of(begin(client)))
    if cookie == "signed elsewhere":
        settings.SECRET_KEY = settings.SECRET_KEY[::-1]
    else:
        client.cookies[COOKIE] = cookie
    assert came_back_too_late(come_back(client, address))


def test_the_newest_of_many_sign_ins_are_kept(client: Client, user: User, provider: Provider) -> None:
    pages = [f"/numbers/?q={secrets.token_hex(200)}" for _ in range(20)]
    addresses = [ask_provider(address_of(begin(client, next=page))) for page in pages]
    assert len(client.cookies[COOKIE].value) <= MAX_LENGTH
    assert came_back_too_late(come_back(client, addresses[0]))
    assert come_back(client, addresses[-1]).headers["Location"] == pages[-1]
    assert come_back(client, addresses[-2]).headers["Location"] == pages[-2]


def test_a_target_too_long_for_a_cookie_leads_to_the_start_page(client: Client, user: User, provider: Provider) -> None:
    address = ask_provider(address_of(begin(client, next=LONG)))
    assert len(client.cookies[COOKIE].value) <= MAX_LENGTH
    assert come_back(client, address).headers["Location"] == "/"
