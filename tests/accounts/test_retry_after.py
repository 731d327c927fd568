"""Rate-limited pages say how long to wait: roughly in words, and exactly in Retry-After."""

import time
from collections.abc import Callable

import pytest
from allauth.core.internal.ratelimit import get_rates
from django.test import Client
from pytest_django import Settings

from accounts import adapter
from accounts.models import User
from tests.support.accounts import EMAIL, PASSWORD, fail_sign_in, sign_in
from tests.support.company_sign_in import BEGIN
from tests.support.oidc_provider import Provider
from tests.support.second_steps import AGAIN, APP, STEP

pytestmark = pytest.mark.django_db

MINUTE, FIVE = 60, 300  # seconds


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that freezes the clock of the limits at so many seconds from now."""
    start = time.time()

    def move(seconds: float) -> None:
        monkeypatch.setattr("accounts.limits.time.time", lambda: start + seconds)

    move(0)
    return move


def test_the_words_match_the_configured_limits() -> None:
    rates = get_rates(app="allauth.account", action="login_failed")

    assert {rate.per: rate.duration for rate in rates} == {"ip": MINUTE, "key": FIVE}
    assert "up to five minutes" in adapter.WAIT


def test_an_account_waits_until_the_first_of_its_five_failures_is_five_minutes_old(
    client: Client, user: User, later: Callable[[int], None]
) -> None:
    fail_sign_in(client, 1)
    later(100)
    fail_sign_in(client, 4)

    response = sign_in(client)
    assert (response.status_code, response.headers["Retry-After"]) == (429, str(FIVE - 100))
    assert adapter.WAIT in response.content.decode()

    later(FIVE - 1)
    assert sign_in(client).headers["Retry-After"] == "1"
    later(FIVE)
    assert sign_in(client).status_code == 302


def test_an_address_waits_a_minute(client: Client, user: User, later: Callable[[int], None]) -> None:
    for number in range(10):
        fail_sign_in(client, 1, f"nobody{number}@example.com")
    later(20)

    assert sign_in(client).headers["Retry-After"] == str(MINUTE - 20)
    later(MINUTE)
    assert sign_in(client).status_code == 302


def test_with_two_limits_the_longer_wait_counts(client: Client, user: User, later: Callable[[int], None]) -> None:
    fail_sign_in(client, 5)
    later(FIVE - 10)
    for number in range(10):
        fail_sign_in(client, 1, f"nobody{number}@example.com")

    assert sign_in(client).headers["Retry-After"] == str(MINUTE)


def test_the_wait_is_rounded_up_to_whole_seconds(client: Client, user: User, later: Callable[[float], None]) -> None:
    fail_sign_in(client, 5)
    later(99.5)

    assert sign_in(client).headers["Retry-After"] == str(FIVE - 99)


def test_the_wait_of_an_account_ignores_the_case_of_its_email(
    client: Client, user: User, later: Callable[[int], None]
) -> None:
    fail_sign_in(client, 5)

    assert sign_in(client, EMAIL.upper()).headers["Retry-After"] == str(FIVE)


def test_wrong_codes_at_the_second_step_have_a_wait(client: Client, secret: str, later: Callable[[int], None]) -> None:
    sign_in(client)
    pages = [client.post(STEP, {"code": "000000"}) for _ in range(6)]

    assert [page.headers.get("Retry-After") for page in pages] == [None] * 5 + [str(FIVE)]
    assert adapter.WAIT in pages[5].content.decode()


@pytest.mark.parametrize("address", [APP, f"{AGAIN}code/"])
def test_wrong_codes_on_other_pages_have_a_wait(
    client: Client, user: User, request: pytest.FixtureRequest, later: Callable[[int], None], address: str
) -> None:
    sign_in(client)
    client.post(AGAIN, {"password": PASSWORD})
    if address != APP:
        request.getfixturevalue("secret")
    pages = [client.post(address, {"code": "000000"}) for _ in range(6)]

    assert [page.headers.get("Retry-After") for page in pages] == [None] * 5 + [str(FIVE)]


@pytest.fixture
def one_per_minute(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {
        "login": "1/m/ip",
        "reauthenticate": "1/m/user",
        "change_password": "1/m/user",
    }
    settings.MFA_RATE_LIMITS = {"webauthn_login": "1/m/ip"}


def must_wait_a_minute(client: Client, address: str, later: Callable[[int], None]) -> bool:
    client.post(address)
    later(10)
    response = client.post(address)
    is_exact = (response.status_code, response.headers["Retry-After"]) == (429, str(MINUTE - 10))
    return is_exact and "Wait a minute" in response.content.decode()


@pytest.mark.parametrize("address", ["/accounts/login/", BEGIN, "/accounts/passkey/"])
def test_too_many_requests_of_visitors_must_wait_a_minute(
    client: Client, provider: Provider, one_per_minute: None, later: Callable[[int], None], address: str
) -> None:
    assert must_wait_a_minute(client, address, later)


@pytest.mark.usefixtures("one_per_minute", "secret")
@pytest.mark.parametrize("address", [AGAIN, f"{AGAIN}code/", "/accounts/password/change/"])
def test_too_many_requests_of_signed_in_users_must_wait_a_minute(
    client: Client, user: User, later: Callable[[int], None], address: str
) -> None:
    client.force_login(user)

    assert must_wait_a_minute(client, address, later)


def test_an_unknown_wait_has_no_retry_after(client: Client, user: User, attempt_lock_is_held: None) -> None:
    response = sign_in(client)

    assert response.status_code == 429
    assert "Retry-After" not in response.headers


def test_pages_below_the_limit_have_no_retry_after(client: Client, user: User) -> None:
    assert "Retry-After" not in sign_in(client, password="wrong").headers
    assert "Retry-After" not in sign_in(client).headers
