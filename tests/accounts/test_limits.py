import subprocess
import sys
from pathlib import Path

from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.support.account_commands import environment
from tests.support.accounts import EMAIL, FAILURES_PER_ACCOUNT, LOGIN, PASSWORD, fail_sign_in, is_signed_in, sign_in
from tests.support.outages import database_is_down


def test_the_sixth_failure_of_an_account_returns_429_with_the_form(client: Client, user: User) -> None:
    fail_sign_in(client, FAILURES_PER_ACCOUNT)

    response = sign_in(client, password="wrong")

    assert response.status_code == 429
    assert b"Too many failed attempts" in response.content
    assert b'role="alert"' in response.content


def test_the_right_password_does_not_sign_in_at_the_limit(client: Client, user: User) -> None:
    fail_sign_in(client, FAILURES_PER_ACCOUNT)

    assert sign_in(client).status_code == 429
    assert not is_signed_in(client)


def test_failures_of_an_account_count_regardless_of_the_case_of_its_email(client: Client, user: User) -> None:
    fail_sign_in(client, FAILURES_PER_ACCOUNT)

    assert sign_in(client, email=EMAIL.upper()).status_code == 429


def test_failures_of_an_account_count_from_all_addresses(client: Client, user: User) -> None:
    for number in range(FAILURES_PER_ACCOUNT):
        fail_sign_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), 1)

    assert sign_in(Client(REMOTE_ADDR="203.0.113.99")).status_code == 429


def test_another_host_header_does_not_reset_the_count(user: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    for port in range(FAILURES_PER_ACCOUNT):
        fail_sign_in(Client(headers={"host": f"localhost:{port + 1}"}), 1)

    assert sign_in(Client(headers={"host": "localhost:99"})).status_code == 429


def test_failures_of_many_accounts_count_for_their_address(client: Client, user: User) -> None:
    for number in range(10):
        fail_sign_in(client, 1, f"nobody{number}@example.com")

    assert sign_in(client).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.7")).status_code == 302


def test_the_limit_of_an_account_does_not_affect_other_accounts_elsewhere(client: Client, user: User) -> None:
    fail_sign_in(client, FAILURES_PER_ACCOUNT, "nobody@example.com")

    assert sign_in(Client(REMOTE_ADDR="203.0.113.7")).status_code == 302


def test_successful_sign_ins_do_not_count(user: User) -> None:
    for _ in range(FAILURES_PER_ACCOUNT + 1):
        assert sign_in(Client()).status_code == 302


def test_too_many_requests_return_the_429_page(client: Client, user: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    sign_in(client, password="wrong")

    response = sign_in(client)

    assert response.status_code == 429
    assert b"Wait a minute" in response.content


def test_guessing_the_current_password_is_rate_limited(client: Client, user: User) -> None:
    client.force_login(user)
    guess = {"oldpassword": "wrong", "password1": "another long secret", "password2": "another long secret"}

    statuses = [client.post("/accounts/password/change/", guess).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]


def test_guessing_the_password_to_reauthenticate_is_rate_limited(client: Client, user: User) -> None:
    client.force_login(user)

    pages = [client.post("/accounts/reauthenticate/", {"password": "wrong"}) for _ in range(11)]

    assert b"Too many failed attempts" in pages[FAILURES_PER_ACCOUNT].content
    assert pages[10].status_code == 429


def test_a_forwarded_address_without_a_trusted_proxy_is_ignored(user: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ()
    for number in range(10):
        forwarded = Client(headers={"x-forwarded-for": f"203.0.113.{number}"})
        fail_sign_in(forwarded, 1, f"nobody{number}@example.com")

    assert sign_in(Client(headers={"x-forwarded-for": "203.0.113.99"})).status_code == 429


def test_behind_a_trusted_proxy_each_visitor_is_counted_separately(user: User) -> None:
    for number in range(10):
        fail_sign_in(Client(headers={"x-forwarded-for": "203.0.113.1"}), 1, f"nobody{number}@example.com")

    assert sign_in(Client(headers={"x-forwarded-for": "203.0.113.1"})).status_code == 429
    assert sign_in(Client(headers={"x-forwarded-for": "203.0.113.2"})).status_code == 302


def test_sign_in_over_a_unix_socket_works_and_is_rate_limited(user: User) -> None:
    socket = Client(REMOTE_ADDR="")
    assert socket.get(LOGIN).status_code == 200
    assert sign_in(socket).status_code == 302
    for number in range(10):
        fail_sign_in(Client(REMOTE_ADDR=""), 1, f"nobody{number}@example.com")

    assert sign_in(Client(REMOTE_ADDR="")).status_code == 429


def test_an_attempt_that_cannot_be_counted_is_refused(client: Client, user: User, attempt_lock_is_held: None) -> None:
    response = sign_in(client)

    assert response.status_code == 429
    assert not is_signed_in(client)


ATTEMPTS = """
import django
django.setup()
from allauth.core.context import request_context
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from accounts.adapter import AccountAdapter

print("ready", flush=True)
input()
allowed = 0
for _ in range(20):
    request = RequestFactory().post("/accounts/login/")
    with request_context(request):
        try:
            AccountAdapter().pre_authenticate(request, email="ann@example.com", password="wrong")
            allowed += 1
        except ValidationError:
            pass
print(allowed)
"""


def test_web_processes_share_the_count(tmp_path: Path) -> None:
    """Runs two real processes at the same time on the real file cache."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ATTEMPTS],
            env=environment(tmp_path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()

    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == FAILURES_PER_ACCOUNT


def test_a_successful_sign_in_does_not_reset_the_count(client: Client, user: User) -> None:
    fail_sign_in(client, FAILURES_PER_ACCOUNT - 1)
    assert sign_in(Client(), password=PASSWORD).status_code == 302
    fail_sign_in(client, 1)

    assert sign_in(client).status_code == 429


def test_a_sign_in_that_could_not_be_checked_is_no_failure(user: User) -> None:
    visitor = Client(raise_request_exception=False)
    for _ in range(FAILURES_PER_ACCOUNT + 1):
        with database_is_down(OperationalError("the connection is lost")):
            assert sign_in(visitor).status_code == 503

    assert sign_in(visitor).status_code == 302
