"""Accounts to sign in with, and an empty count of failed attempts before each test."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from accounts.models import User
from tests.accounts import ADMIN_EMAIL, EMAIL, PASSWORD


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(EMAIL, PASSWORD)


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser(ADMIN_EMAIL, PASSWORD)
