from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client, override_settings

from accounts.models import User
from tests.support.accounts import EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.pages import parse_page, text_of


@pytest.mark.django_db
def test_the_sign_in_page_is_public(client: Client) -> None:
    response = client.get(LOGIN)

    assert response.status_code == 200
    assert b"<h1>Sign in</h1>" in response.content


def test_email_and_password_sign_in(client: Client, user: User) -> None:
    response = sign_in(client)

    assert response.headers["Location"] == settings.LOGIN_REDIRECT_URL
    assert is_signed_in(client)


def test_signing_in_leaves_no_message(client: Client, user: User) -> None:
    assert "messages" not in sign_in(client).cookies


@pytest.mark.parametrize("email", ["ANN@EXAMPLE.COM", "Ann@example.com", "  ann@Example.com "])
def test_the_case_of_the_email_does_not_matter(client: Client, user: User, email: str) -> None:
    sign_in(client, email=email)

    assert is_signed_in(client)


def test_the_case_of_the_password_matters(client: Client, user: User) -> None:
    sign_in(client, password=PASSWORD.upper())

    assert not is_signed_in(client)


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.com", PASSWORD)])
def test_a_wrong_password_and_an_unknown_email_look_the_same(
    client: Client, user: User, email: str, password: str
) -> None:
    response = sign_in(client, email, password)

    assert response.status_code == 200
    assert b"The email address or the password is wrong." in response.content
    assert not is_signed_in(client)


def test_a_rejected_form_keeps_the_email_and_not_the_password(client: Client, user: User) -> None:
    page = sign_in(client, password="not the secret").content.decode()

    assert f'value="{EMAIL}"' in page
    assert "not the secret" not in page


@pytest.mark.django_db
def test_a_field_is_linked_to_its_error_for_screen_readers(client: Client) -> None:
    page = sign_in(client, email="ann", password="").content.decode()

    for name in ("login", "password"):
        assert f'aria-describedby="id_{name}-error"' in page
        assert f'id="id_{name}-error"' in page
    assert page.count('aria-invalid="true"') == 2


@pytest.mark.django_db
def test_the_fields_have_labels_and_autocomplete_hints(client: Client) -> None:
    page = client.get(LOGIN).content.decode()

    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert '<label class="field-label" for="id_login">' in page
    assert '<label class="field-label" for="id_password">' in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", [LOGIN, "/accounts/signup/", "/accounts/inactive/", "/no-such/"])
def test_public_pages_have_no_inline_script_or_style(client: Client, address: str) -> None:
    page = client.get(address).content.decode()

    assert "<script>" not in page
    assert "<style" not in page
    assert "style=" not in page


@pytest.mark.django_db
def test_the_sign_in_page_links_to_no_sign_up_and_no_password_reset(client: Client) -> None:
    page = client.get(LOGIN).content.decode()

    assert "Ask the administrator" in page
    assert "signup" not in page
    assert "reset" not in page


@pytest.mark.django_db
def test_the_demo_says_where_its_password_is(client: Client) -> None:
    with override_settings(DEMO=True):
        assert b"terminal that started Quo Admin" in client.get(LOGIN).content
    with override_settings(DEMO=False):
        assert b"terminal" not in client.get(LOGIN).content


def test_an_inactive_account_is_refused_with_an_explanation(client: Client, user: User) -> None:
    User.objects.update(is_active=False)

    response = client.post(LOGIN, {"login": EMAIL, "password": PASSWORD}, follow=True)

    assert b"This account is switched off" in response.content
    assert not is_signed_in(client)


def test_a_wrong_password_does_not_reveal_an_inactive_account(client: Client, user: User) -> None:
    User.objects.update(is_active=False)

    assert b"The email address or the password is wrong." in sign_in(client, password="wrong").content


def test_deactivating_an_account_signs_it_out(client: Client, user: User) -> None:
    sign_in(client)
    User.objects.update(is_active=False)

    assert not is_signed_in(client)


def test_a_signed_in_user_skips_the_sign_in_page(client: Client, user: User) -> None:
    client.force_login(user)

    assert client.get(LOGIN, {"next": "/numbers/?q=1"}).headers["Location"] == "/numbers/?q=1"
    assert client.get(LOGIN).headers["Location"] == settings.LOGIN_REDIRECT_URL


def test_sign_in_without_a_csrf_token_is_refused_with_advice(user: User) -> None:
    client = Client(enforce_csrf_checks=True)

    response = sign_in(client)

    assert "reload the page and try again" in text_of(parse_page(response, 403))
    assert not is_signed_in(client)


def test_the_form_has_a_valid_csrf_token(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get(LOGIN).context["csrf_token"]

    sign_in(client, csrfmiddlewaretoken=str(token))

    assert is_signed_in(client)


def test_signing_in_changes_the_session_key(client: Client, user: User) -> None:
    session = client.session
    session["key"] = "value"
    session.save()
    before = session.session_key

    sign_in(client)

    assert client.session.session_key != before


def test_the_session_cookie_ends_with_the_browser(client: Client, user: User) -> None:
    cookie = sign_in(client).cookies[settings.SESSION_COOKIE_NAME]

    assert cookie["max-age"] == ""
    assert cookie["httponly"]


def test_remember_me_keeps_the_session_cookie_for_two_weeks(client: Client, user: User) -> None:
    cookie = sign_in(client, remember="on").cookies[settings.SESSION_COOKIE_NAME]

    assert cookie["max-age"] == 14 * 24 * 3600


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "days", "sentence"),
    [
        (24, 14, "You are signed out after 24 hours without use, and after 14 days in any case."),
        (1, 1, "You are signed out after 1 hour without use, and after 1 day in any case."),
    ],
)
def test_the_page_says_how_long_a_session_lasts(client: Client, hours: int, days: int, sentence: str) -> None:
    with override_settings(SESSION_IDLE_HOURS=hours, SESSION_MAX_DAYS=days):
        page = text_of(parse_page(client.get(LOGIN)))

    assert sentence in page
    assert "weeks" not in page


def test_signing_in_returns_to_the_requested_page(client: Client, user: User) -> None:
    redirect = client.get("/accounts/password/change/?a=1")
    assert redirect.headers["Location"] == "/accounts/login/?next=/accounts/password/change/%3Fa%3D1"
    form = client.get(redirect.headers["Location"]).content.decode()
    assert '<input type="hidden" name="next" value="/accounts/password/change/?a=1">' in form

    response = sign_in(client, next="/accounts/password/change/?a=1")

    assert response.headers["Location"] == "/accounts/password/change/?a=1"


OTHER_SITES = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "http://localhost/",
    "http://[",
    "http://testserver:99999999999/",
    "\x00/",
]


@pytest.mark.parametrize("address", OTHER_SITES)
def test_signing_in_never_redirects_to_another_site(client: Client, user: User, address: str) -> None:
    assert client.get(f"{LOGIN}?{urlencode({'next': address})}").status_code == 200

    response = sign_in(client, next=address)

    assert response.headers["Location"] == settings.LOGIN_REDIRECT_URL


def test_the_next_address_is_escaped_in_the_page(client: Client, db: None) -> None:
    page = client.get(LOGIN, {"next": '/"><b>bold</b>'}).content.decode()

    assert "<b>" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["\x00", "a" * 30_000, "ann@example.com\x00", "'; --", "ann@[::1]"])
def test_hostile_values_are_errors_in_the_form(client: Client, value: str) -> None:
    assert sign_in(client, email=value, password=value).status_code == 200


@pytest.mark.django_db
def test_a_script_that_accepts_json_gets_json(client: Client) -> None:
    response = client.post(LOGIN, {"login": "a", "password": "b"}, headers={"accept": "application/json"})

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/json"
