"""Accounts for tests, and how to sign in with them."""

from typing import Any

from django.contrib.auth import get_user
from django.test import Client

EMAIL = "ann@example.com"
ADMIN_EMAIL = "boss@example.com"
PASSWORD = "a long enough secret"
LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str = EMAIL, password: str = PASSWORD, **fields: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **fields})


def is_signed_in(client: Client) -> bool:
    return get_user(client).is_authenticated


FAILURES_PER_ACCOUNT = 5


def fail_sign_in(client: Client, times: int, email: str = EMAIL) -> None:
    for _ in range(times):
        assert sign_in(client, email, "wrong").status_code == 200


NEW = "another long secret"
