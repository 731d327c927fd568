"""People see where they are signed in, and can end their own sessions."""

import re

import pytest
from django.conf import settings
from django.test import Client

from accounts import sessions
from accounts.browsers import browser_name
from accounts.models import AccessEvent, AccountSession, User
from tests.support.accounts import EMAIL, PASSWORD, is_signed_in, sign_in
from tests.support.second_steps import SECURITY

END = f"{SECURITY}sessions/end/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"


@pytest.fixture
def here(client: Client, user: User) -> Client:
    sign_in(client)
    return client


@pytest.fixture
def there(user: User) -> Client:
    browser = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.9")
    sign_in(browser)
    return browser


def codes(page: str) -> list[str]:
    return re.findall(r'name="session" value="(\w+)"', page)


def test_the_page_lists_every_session_and_marks_this_one(here: Client, there: Client) -> None:
    page = there.get(SECURITY).content.decode()

    assert "Firefox on Windows <strong>(this browser)</strong>" in page
    assert "203.0.113.9" in page
    assert page.count("(this browser)") == len(codes(page)) == 1
    assert page.count("Last used") == 2


def test_the_page_shows_no_key_of_a_session(here: Client, there: Client) -> None:
    page = here.get(SECURITY).content.decode()

    assert len(AccountSession.objects.all()) == 2
    assert not [one.pk for one in AccountSession.objects.all() if one.pk in page]


def test_one_session_can_be_ended(here: Client, there: Client) -> None:
    third = Client()
    sign_in(third)
    page = third.get(SECURITY).content.decode()
    code = re.findall(r'value="(\w+)">Sign out<span\s+class="visually-hidden"> Firefox', page)[0]

    response = third.post(END, {"session": code}, follow=True)

    assert "Signed out there." in response.content.decode()
    assert [is_signed_in(browser) for browser in (here, there, third)] == [True, False, True]
    line = AccessEvent.objects.latest("pk")
    assert (line.event, line.email, line.detail) == ("signed_out", EMAIL, "elsewhere: Firefox on Windows, 203.0.113.9")


def test_all_other_sessions_can_be_ended(here: Client, there: Client) -> None:
    response = here.post(END, follow=True)

    assert "Signed out everywhere else." in response.content.decode()
    assert [is_signed_in(here), is_signed_in(there)] == [True, False]
    assert AccessEvent.objects.latest("pk").detail == "everywhere else"


@pytest.mark.parametrize("code", ["x", "0" * 32, "\x00", "é" * 1000])
def test_an_unknown_code_ends_nothing(here: Client, there: Client, code: str) -> None:
    response = here.post(END, {"session": code}, follow=True)

    assert "That session had ended already." in response.content.decode()
    assert is_signed_in(there)


def test_nobody_ends_the_session_of_another_person(here: Client) -> None:
    User.objects.create_user("bob@example.com", PASSWORD)
    bob, bob_too = Client(), Client()
    sign_in(bob, "bob@example.com")
    sign_in(bob_too, "bob@example.com")

    here.post(END, {"session": codes(bob.get(SECURITY).content.decode())[0]})
    here.post(END)

    assert is_signed_in(bob)
    assert is_signed_in(bob_too)


def test_sessions_that_have_ended_are_not_listed(here: Client, there: Client, user: User) -> None:
    session = there.session
    session[sessions.LAST_USED_AT] -= settings.SESSION_IDLE_HOURS * 3600
    session.save()
    assert codes(here.get(SECURITY).content.decode()) == []
    sign_in(there)
    session = there.session
    session["_auth_user_hash"] = "of the password before"
    session.save()

    assert codes(here.get(SECURITY).content.decode()) == []


def test_a_session_of_an_older_version_is_listed(here: Client, there: Client) -> None:
    session = there.session
    for name in (sessions.BROWSER, sessions.ADDRESS, sessions.STARTED_AT, sessions.LAST_USED_AT):
        del session[name]
    session.save()

    assert "An unknown browser" in here.get(SECURITY).content.decode()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; CrOS x86_64) Chrome/126.0 Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari on Mac"),
        ("", "Another browser"),
        ("<script>alert(1)</script>" * 1000, "Another browser"),
    ],
)
def test_a_browser_has_a_name_in_words(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
