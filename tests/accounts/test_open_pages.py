"""Pages that stay open while their browser signs in, out or in as somebody else in another tab."""

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role, give_role
from numbers.models import SavedFilter
from tests.support.accounts import EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.company_sign_in import BEGIN, address_of, ask_provider, begin, come_back
from tests.support.oidc_provider import Provider
from tests.support.pages import attribute, csrf_token_of, find_one, parse_page, text_of
from tests.support.second_steps import ANSWER, PASSKEY, STEP, code_of

pytestmark = pytest.mark.django_db

OWN = "http://testserver"
OTHER_ORIGINS = ["https://testserver", "http://testserver:8000", "http://evil.example", "null", "", "http://["]
SAVED = {"name": "Abroad", "query": "calling_intl=allowed"}


@pytest.fixture
def viewer(user: User) -> User:
    give_role(user, Role.VIEWER)
    return user


@pytest.fixture
def browser(viewer: User) -> Client:
    """Return a browser that sends CSRF cookies and its origin, and in which nobody has signed in."""
    return Client(enforce_csrf_checks=True, headers={"origin": OWN})


def token_of(response: Any) -> str:
    return str(response.context["csrf_token"])


def next_of(response: Any) -> str:
    """Return the page to which sign-in will return."""
    address = urlsplit(response.headers.get("HX-Redirect") or response.headers["Location"])
    assert address.path == LOGIN
    return str(parse_qs(address.query)["next"][0])


def post_in_second_tab(browser: Client, address: str, fields: dict[str, str]) -> Any:
    """Open sign-in in two tabs, sign in with the first, then send `fields` from the second."""
    token = token_of(browser.get(LOGIN, {"next": "/teammates/"}))
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))
    assert is_signed_in(browser)
    return browser.post(address, fields | {"csrfmiddlewaretoken": token, "next": "/teammates/"})


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (LOGIN, {"login": EMAIL, "password": PASSWORD}),
        (LOGIN, {"login": EMAIL, "password": "wrong"}),
        (LOGIN, {}),
        (PASSKEY, {"credential": "{}"}),
        (STEP, {"code": "123456"}),
        (BEGIN, {}),
    ],
)
@pytest.mark.parametrize("sends_origin", [True, False])
def test_a_second_sign_in_tab_continues_to_its_target(
    browser: Client, provider: Provider, address: str, fields: dict[str, str], sends_origin: bool
) -> None:
    if not sends_origin:
        del browser.defaults["HTTP_ORIGIN"]
    response = post_in_second_tab(browser, address, fields)

    assert response.headers["Location"] == "/teammates/"


def test_a_second_sign_in_tab_never_leads_to_another_site(browser: Client) -> None:
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))

    del browser.defaults["HTTP_ORIGIN"]
    response = browser.post(LOGIN, {"next": "https://evil.example/"})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("address", [LOGIN, PASSKEY])
def test_a_sign_in_page_works_after_somebody_signed_in_and_out(browser: Client, address: str) -> None:
    token = token_of(browser.get(LOGIN))
    sign_in(browser, csrfmiddlewaretoken=token)
    browser.post("/accounts/logout/")

    response = browser.post(address, {"login": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token})

    assert response.status_code == 302


def test_a_failed_passkey_keeps_the_target(browser: Client) -> None:
    browser.get(LOGIN)

    assert next_of(browser.post(PASSKEY, {"credential": "{}", "next": "/teammates/"})) == "/teammates/"


# The second step


def test_two_second_steps_continue_to_their_own_targets(browser: Client, secret: str) -> None:
    sign_in(browser, next="/audit/", csrfmiddlewaretoken=token_of(browser.get(LOGIN)))
    first = browser.get(STEP).content.decode()
    second = browser.post(LOGIN, {"login": EMAIL, "password": PASSWORD, "next": "/teammates/"}, follow=True)

    assert '<input type="hidden" name="next" value="/audit/">' in first
    assert '<input type="hidden" name="next" value="/teammates/">' in second.content.decode()
    assert browser.post(STEP, {"code": code_of(secret), "next": "/audit/"}).headers["Location"] == "/audit/"
    assert browser.post(STEP, {"code": "1", "next": "/teammates/"}).headers["Location"] == "/teammates/"


def test_a_wrong_code_keeps_the_target(browser: Client, secret: str) -> None:
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))
    page = browser.post(STEP, {"code": "1", "next": "/teammates/"}).content.decode()

    assert '<input type="hidden" name="next" value="/teammates/">' in page


def test_an_ended_second_step_leads_to_sign_in_with_its_target(browser: Client) -> None:
    browser.get(LOGIN)

    assert next_of(browser.post(STEP, {"code": "1", "next": "/teammates/"})) == "/teammates/"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_second_step_never_leads_to_another_site(browser: Client, secret: str, address: str) -> None:
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))

    assert address not in browser.get(STEP, {"next": address}).content.decode()
    assert browser.post(STEP, {"code": code_of(secret), "next": address}).headers["Location"] == "/"


# Company sign-in


def test_two_company_sign_ins_continue_to_their_own_targets(browser: Client, provider: Provider) -> None:
    browser.get(LOGIN)
    first, second = (ask_provider(address_of(begin(browser, next=page))) for page in ("/audit/", "/teammates/"))

    assert come_back(browser, first).headers["Location"] == "/audit/"
    assert come_back(browser, second).headers["Location"] == "/teammates/"


def test_a_company_sign_in_that_ended_opens_the_start_page_once_signed_in(browser: Client, provider: Provider) -> None:
    browser.get(LOGIN)
    address = ask_provider(address_of(begin(browser)))
    come_back(browser, address)

    assert come_back(browser, address).headers["Location"] == "/"


# Pages of somebody who signed out and in


def test_the_forms_of_an_open_page_work_after_signing_out_and_in(browser: Client, viewer: User) -> None:
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))
    token = csrf_token_of(parse_page(browser.get("/numbers/")), "save-form")
    browser.post("/accounts/logout/")
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))

    for address, fields in {"/saved/": SAVED, "/appearance/": {"theme": "dark"}, "/numbers/columns/": {}}.items():
        assert browser.post(address, fields | {"csrfmiddlewaretoken": token}).status_code == 302
    assert SavedFilter.objects.get().name == "Abroad"


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
def test_a_form_from_another_origin_is_refused_even_with_a_token(browser: Client, origin: str) -> None:
    token = token_of(browser.get(LOGIN))

    response = browser.post(LOGIN, {"csrfmiddlewaretoken": token}, headers={"origin": origin})

    assert response.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_that_the_browser_calls_foreign_needs_a_token(browser: Client, site: str) -> None:
    browser.get(LOGIN)

    assert sign_in(Client(headers={"origin": OWN}, enforce_csrf_checks=True)).status_code == 403
    response = browser.post(LOGIN, {"login": EMAIL, "password": PASSWORD}, headers={"sec-fetch-site": site})
    assert response.status_code == 403


def test_without_cookies_the_sign_in_form_says_so_and_leads_back(browser: Client) -> None:
    page = parse_page(browser.post(LOGIN, {"login": EMAIL, "password": PASSWORD, "next": "/teammates/"}), 403)

    assert "no cookie" in text_of(page)
    assert f'href="{LOGIN}?next=/teammates/"' in str(page.html)


# Without a session


@pytest.mark.parametrize("page", ["/numbers/?q=caf%C3%A9", "/saved/", "/numbers/PN%2F1/"])
def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_its_page(browser: Client, page: str) -> None:
    response = browser.post("/saved/X/delete/", headers={"referer": f"{OWN}{page}"})

    assert next_of(response) == page


@pytest.mark.parametrize("token", ["", "x" * 64])
def test_without_an_origin_such_a_form_leads_to_sign_in_too(browser: Client, token: str) -> None:
    response = Client(enforce_csrf_checks=True).post(
        "/saved/", {"csrfmiddlewaretoken": token}, headers={"referer": f"{OWN}/saved/"}
    )

    assert next_of(response) == "/saved/"


@pytest.mark.parametrize("referer", ["", "http://evil.example/numbers/", "http://[", "http://testserver//evil.example"])
def test_a_form_of_an_unknown_page_leads_to_the_start_page(browser: Client, referer: str) -> None:
    assert next_of(browser.post("/saved/X/delete/", headers={"referer": referer})) == "/"


def test_a_name_survives_sign_in_without_a_script(browser: Client) -> None:
    fields = {"name": "Ours & “theirs” 100 %", "query": "q=caf%C3%A9&kind=local", "is_shared": "on"}
    page = next_of(browser.post("/saved/", fields, headers={"referer": f"{OWN}/numbers/"}))
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))

    form = find_one(parse_page(browser.get(page)), "form.save-again")

    assert {name: attribute(find_one(form, f"[name={name}]"), "value") for name in ("name", "query")} == {
        name: fields[name] for name in ("name", "query")
    }
    assert "is not saved yet" in text_of(parse_page(browser.get(page)))
    assert not SavedFilter.objects.exists()


def test_a_name_that_the_script_restores_leads_back_to_the_list(browser: Client) -> None:
    response = browser.post("/saved/", SAVED | {"restored": "1"}, headers={"referer": f"{OWN}/numbers/?kind=local"})

    assert next_of(response) == "/numbers/?kind=local"


@pytest.mark.parametrize("name", ["", "x" * 10_000])
def test_nothing_and_too_much_lead_back_to_the_page_alone(browser: Client, name: str) -> None:
    response = browser.post("/saved/", {"name": name}, headers={"referer": f"{OWN}/numbers/"})

    assert next_of(response) == "/numbers/"


def test_a_form_whose_page_the_browser_hides_leads_to_the_page_that_it_names(browser: Client) -> None:
    assert next_of(browser.post("/appearance/", {"theme": "dark", "next": "/audit/?group=x"})) == "/audit/?group=x"
    assert next_of(browser.post("/appearance/", {"next": "https://evil.example/"})) == "/"


def test_a_search_sent_after_the_session_ended_is_done_after_sign_in(browser: Client) -> None:
    headers = {"hx-request": "true", "hx-current-url": f"{OWN}/numbers/?q=leas"}

    assert next_of(browser.get("/numbers/?q=leasing", headers=headers)) == "/numbers/?q=leasing"
    assert next_of(browser.get("/numbers/teammates/?who=m", headers=headers)) == "/numbers/?q=leas"


def test_a_long_search_survives_sign_in(browser: Client) -> None:
    page = f"/numbers/?q={quote('📞' * 200)}"
    assert next_of(browser.get(page)) == page

    response = sign_in(browser, next=page, csrfmiddlewaretoken=token_of(browser.get(LOGIN, {"next": page})))

    assert response.headers["Location"] == page


def test_a_passkey_is_not_asked_for_once_signed_in(browser: Client) -> None:
    """The script then sends its form, which leads on."""
    sign_in(browser, csrfmiddlewaretoken=token_of(browser.get(LOGIN)))

    assert "request_options" not in browser.get(PASSKEY, headers={"accept": "application/json"}).json()
    assert browser.post(PASSKEY, {"credential": str(ANSWER), "next": "/audit/"}).headers["Location"] == "/audit/"
