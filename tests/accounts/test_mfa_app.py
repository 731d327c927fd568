"""The second step with an authenticator app and with recovery codes."""

import re
import time
from typing import Any

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone
from filelock import FileLock
from pytest_django import Settings
from selectolax.lexbor import LexborHTMLParser

from accounts.mfa import views
from accounts.mfa.codes import CODES_VISIBLE_FOR
from accounts.models import AccessEvent, User
from tests.support.accounts import EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.pages import parse_page, text_of
from tests.support.second_steps import AGAIN, APP, NO_APP, SECURITY, STEP, code_of

pytestmark = pytest.mark.django_db

CODES, FILE, NEW = f"{SECURITY}codes/", f"{SECURITY}codes/file/", f"{SECURITY}codes/new/"


@pytest.fixture
def ann(client: Client, user: User) -> Client:
    """Return a browser in which Ann has signed in and reauthenticated."""
    sign_in(client)
    client.post(AGAIN, {"password": PASSWORD})
    return client


def set_up(ann: Client) -> str:
    """Set up an app; return its secret."""
    page = LexborHTMLParser(ann.get(APP).content)
    key = page.css_first("code.key")
    assert key
    secret = key.text().replace(" ", "")
    response = ann.post(APP, {"code": code_of(secret)})
    assert response.headers["Location"] == CODES, response.content
    return secret


def visible_codes(ann: Client) -> list[str]:
    return [node.text() for node in LexborHTMLParser(ann.get(CODES).content).css(".codes code")]


# Setting up


def test_setting_up_an_app_asks_for_the_password_first(client: Client, user: User) -> None:
    sign_in(client)

    for address in (APP, CODES, FILE, NEW):
        assert client.get(address).headers["Location"].startswith(AGAIN), address


def test_an_app_is_set_up_with_one_of_its_codes(ann: Client, user: User) -> None:
    set_up(ann)

    assert set(Authenticator.objects.filter(user=user).values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert "On since" in ann.get(SECURITY).content.decode()


def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(ann: Client, user: User) -> None:
    before = LexborHTMLParser(ann.get(APP).content).css_first("code.key")
    after = LexborHTMLParser(ann.post(APP, {"code": "000000"}).content)

    assert "This code is wrong" in after.html if after.html else False
    assert before and (key := after.css_first("code.key")) and key.text() == before.text()
    assert not Authenticator.objects.exists()


def test_the_qr_code_and_the_link_set_up_the_same_app(ann: Client) -> None:
    page = LexborHTMLParser(ann.get(APP).content)

    path, link = page.css_first(".qr path"), page.css_first("a[href^=otpauth]")
    assert path and link
    assert re.fullmatch(r"(M\d+,\d+H\d+V\d+H\d+z)+", path.attributes["d"] or "")
    assert page.html and "<?xml" not in page.html
    address = link.attributes["href"] or ""
    assert address.startswith(f"otpauth://totp/{EMAIL.replace('@', '%40')}?secret=")
    assert "issuer=Quo%20Admin" in address


def test_pages_with_secrets_are_not_cached(ann: Client) -> None:
    assert "no-store" in ann.get(APP).headers["Cache-Control"]
    set_up(ann)
    for address in (CODES, FILE):
        assert "no-store" in ann.get(address).headers["Cache-Control"]


def test_secrets_are_encrypted_in_the_database(ann: Client, settings: Settings) -> None:
    secret = set_up(ann)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored

    settings.SECRET_KEY = "another"
    app = Authenticator.objects.get(type="totp")
    assert not app.wrap().validate_code(code_of(secret))
    settings.SECRET_KEY_FALLBACKS = ["only-for-tests" * 3]
    assert app.wrap().validate_code(code_of(secret))


# Signing in


def test_the_second_step_follows_the_password(client: Client, user: User, secret: str) -> None:
    response = sign_in(client, next="/numbers/")
    assert response.headers["Location"] == STEP
    assert not is_signed_in(client)

    assert "One more step" in client.get(STEP).content.decode()
    response = client.post(STEP, {"code": code_of(secret)})

    assert response.headers["Location"] == "/numbers/"
    assert is_signed_in(client)


@pytest.mark.parametrize("periods", [-1, 1])
def test_the_clock_of_the_app_may_differ_by_half_a_minute(client: Client, secret: str, periods: int) -> None:
    sign_in(client)
    client.post(STEP, {"code": code_of(secret, periods=periods)})

    assert is_signed_in(client)


@pytest.mark.parametrize("code", ["", "000000", "\x00", "１２３４５６", "x" * 60_000, "🔑"])
def test_a_wrong_code_is_refused(client: Client, secret: str, code: str) -> None:
    sign_in(client)
    response = client.post(STEP, {"code": code})

    assert response.status_code == 200
    assert b'id="id_code-error"' in response.content
    assert not is_signed_in(client)


def test_a_code_signs_in_only_once_while_it_is_valid(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = app_settings.TOTP_PERIOD
    start = time.time() // period * period
    monkeypatch.setattr(time, "time", lambda: start)
    code = code_of(secret, periods=1)
    sign_in(client)
    client.post(STEP, {"code": code})

    monkeypatch.setattr(time, "time", lambda: start + 3 * period - 1)
    assert code == code_of(secret, periods=-1)
    other = Client()
    sign_in(other)
    other.post(STEP, {"code": code})

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_the_code_that_set_the_app_up_does_not_sign_in(ann: Client) -> None:
    secret = set_up(ann)
    other = Client()
    sign_in(other)

    response = other.post(STEP, {"code": code_of(secret)})
    assert b"This code is wrong or was used before." in response.content
    assert not is_signed_in(other)

    other.post(STEP, {"code": code_of(secret, periods=1)})
    assert is_signed_in(other)


def test_guessing_codes_is_rate_limited(client: Client, secret: str) -> None:
    sign_in(client)
    assert [client.post(STEP, {"code": "000000"}).status_code for _ in range(6)] == [200] * 5 + [429]

    response = client.post(STEP, {"code": code_of(secret)})

    assert response.status_code == 429
    assert b"Too many failed attempts" in response.content
    assert not is_signed_in(client)


def test_an_attempt_that_cannot_be_counted_is_refused(
    client: Client, secret: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LOCK_SECONDS", 0)
    sign_in(client)

    with FileLock(settings.DATA_DIR / views.LOCK_FILE):
        response = client.post(STEP, {"code": code_of(secret)})

    assert response.status_code == 429
    assert not is_signed_in(client)


def test_the_second_step_requires_the_password(client: Client, secret: str) -> None:
    assert client.get(STEP).headers["Location"] == LOGIN
    client.post(STEP, {"code": code_of(secret)})

    assert not is_signed_in(client)


def test_the_second_step_can_be_cancelled(client: Client, secret: str) -> None:
    sign_in(client)
    client.post("/accounts/logout/", {"next": LOGIN})

    assert client.get(LOGIN).status_code == 200
    assert client.get(STEP).headers["Location"] == LOGIN


def test_an_account_deactivated_during_sign_in_is_refused(client: Client, secret: str) -> None:
    sign_in(client)
    User.objects.update(is_active=False)
    client.post(STEP, {"code": code_of(secret)})

    assert not is_signed_in(client)


# Recovery codes


def test_ten_recovery_codes_are_shown_only_after_they_are_created(ann: Client) -> None:
    set_up(ann)
    codes = visible_codes(ann)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"\d{8}", code) for code in codes)

    Authenticator.objects.update(created_at=timezone.now() - CODES_VISIBLE_FOR)

    assert visible_codes(ann) == []
    assert b"You have 10 left" in ann.get(CODES).content
    assert ann.get(FILE).headers["Location"] == CODES


def test_recovery_codes_can_be_downloaded_as_text(ann: Client) -> None:
    set_up(ann)

    response = ann.get(FILE)

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["Content-Disposition"] == 'attachment; filename="quo-admin-recovery-codes.txt"'
    assert [line for line in response.content.decode().splitlines() if line.isdigit()] == visible_codes(ann)


def test_a_recovery_code_signs_in_only_once(ann: Client) -> None:
    set_up(ann)
    code = visible_codes(ann)[0]
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client)
        client.post(STEP, {"code": f"{code[:4]} {code[4:]}"})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_new_recovery_codes_replace_the_old_ones(ann: Client) -> None:
    set_up(ann)
    old = visible_codes(ann)
    assert "10 of them are left" in text_of(parse_page(ann.get(NEW)))
    assert ann.post(NEW).headers["Location"] == CODES

    assert not set(old) & set(visible_codes(ann))
    other = Client()
    sign_in(other)
    other.post(STEP, {"code": old[0]})
    assert not is_signed_in(other)


def test_recovery_codes_need_an_app_or_a_passkey(ann: Client, user: User) -> None:
    response = ann.post(NEW)

    assert b"Recovery codes need an authenticator app or a passkey first." in response.content
    assert not Authenticator.objects.exists()
    assert "You have none" in text_of(parse_page(ann.get(CODES)))


# Changes


def test_removing_the_app_removes_the_codes_and_the_second_step(ann: Client) -> None:
    set_up(ann)
    assert b"Remove the authenticator app?" in ann.get(NO_APP).content
    assert ann.post(NO_APP).headers["Location"] == SECURITY

    assert not Authenticator.objects.exists()
    other = Client()
    sign_in(other)
    assert is_signed_in(other)


@pytest.mark.parametrize("change", ["set up", "new codes", "remove"])
def test_a_change_of_the_second_step_signs_out_everywhere_else(
    ann: Client, user: User, change: str, django_capture_on_commit_callbacks: Any
) -> None:
    if change != "set up":
        set_up(ann)
    elsewhere, others = Client(), Client()
    elsewhere.force_login(user)
    others.force_login(User.objects.create_user("other@example.com"))

    with django_capture_on_commit_callbacks(execute=True):
        if change == "set up":
            set_up(ann)
        else:
            ann.post(NEW if change == "new codes" else NO_APP)

    assert is_signed_in(ann)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(others)


def test_a_password_change_signs_out_everywhere_else(ann: Client, user: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    assert is_signed_in(elsewhere)

    new = "another long secret"
    ann.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_signed_in(ann)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize("address", [NO_APP, NEW])
def test_a_change_requires_reauthentication(client: Client, secret: str, address: str) -> None:
    sign_in(client)
    client.post(STEP, {"code": code_of(secret)})

    assert client.post(address).headers["Location"].startswith(AGAIN)
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_code_reauthenticates(client: Client, user: User, secret: str) -> None:
    sign_in(client)
    client.post(STEP, {"code": code_of(secret, periods=-1)})
    page = client.get(AGAIN, {"next": NO_APP}).content.decode()
    assert f'href="{AGAIN}code/?next=%2Faccounts%2Fsecurity%2Fapp%2Fremove%2F"' in page

    wrong = client.post(f"{AGAIN}code/", {"code": "000000", "next": NO_APP})
    right = client.post(f"{AGAIN}code/", {"code": code_of(secret), "next": NO_APP})

    assert b"This code is wrong" in wrong.content
    assert right.headers["Location"] == NO_APP
    assert client.get(NO_APP).status_code == 200


# The access log


def logged(user: User) -> list[tuple[str, str]]:
    """Return the event and detail of each line about the user, oldest first."""
    return list(AccessEvent.objects.filter(user_id=user.pk).order_by("pk").values_list("event", "detail"))


def test_setting_up_renewing_and_removing_are_recorded(
    ann: Client, user: User, django_capture_on_commit_callbacks: Any
) -> None:
    for change in (lambda: set_up(ann), lambda: ann.post(NEW), lambda: ann.post(NO_APP)):
        with django_capture_on_commit_callbacks(execute=True):
            change()

    assert logged(user)[1:] == [
        ("security_changed", "TOTP Authenticator added"),
        ("security_changed", "Recovery codes added"),
        ("security_changed", "Recovery codes renewed"),
        ("security_changed", "TOTP Authenticator removed"),
        ("security_changed", "Recovery codes removed"),
    ]


def test_a_wrong_code_is_recorded_as_a_failure_and_a_right_one_as_a_sign_in(
    client: Client, user: User, secret: str
) -> None:
    sign_in(client)
    client.post(STEP, {"code": "000000"})
    assert logged(user) == [("sign_in_failed", "second step")]

    client.post(STEP, {"code": code_of(secret)})
    assert logged(user)[1:] == [("signed_in", "password, authenticator app")]


# Users of company sign-in


def remove_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


@pytest.mark.parametrize("address", [APP, NEW, f"{SECURITY}passkeys/add/"])
def test_users_without_a_password_cannot_set_up_second_factors(client: Client, user: User, address: str) -> None:
    remove_password(user)
    client.force_login(user)

    for response in (client.get(address), client.post(address)):
        assert response.status_code == 403
        assert b"There is nothing to set up here" in response.content


def test_users_without_a_password_read_that_they_need_nothing(client: Client, user: User, settings: Settings) -> None:
    settings.OIDC_ISSUER, settings.OIDC_NAME = "https://login.example.com", "Example Inc."
    remove_password(user)
    client.force_login(user)

    page = client.get(SECURITY).content.decode()

    assert "You sign in with Example Inc., so there is nothing to set up here." in page
    assert APP not in page


def test_the_account_menu_links_to_sign_in_and_security(ann: Client) -> None:
    assert f'href="{SECURITY}"' in ann.get(SECURITY).content.decode().split("<main")[0]


def test_the_administration_shows_no_secrets(client: Client, administrator: User) -> None:
    client.force_login(administrator)

    page = LexborHTMLParser(client.get("/admin/").content.decode())
    texts = [*(link.attributes["href"] or "" for link in page.css("a")), page.text()]

    for word in ("mfa", "authenticator", "social"):
        assert word not in " ".join(texts).lower()
    assert client.get("/admin/mfa/authenticator/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_passkeys(
    ann: Client, user: User, django_assert_max_num_queries: Any
) -> None:
    set_up(ann)
    for index in range(20):
        Authenticator.objects.create(user=user, type="webauthn", data={"name": f"Key {index}", "credential": {}})

    with django_assert_max_num_queries(10):
        assert ann.get(SECURITY).content.count(b"Not used yet") == 20
