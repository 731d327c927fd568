"""Accounts to sign in with, and an empty cache for each test."""

from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from filelock import FileLock
from pytest_django import Settings

from accounts import adapter
from accounts.models import User
from tests.support.accounts import ADMIN_EMAIL, EMAIL, PASSWORD
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET, HttpsProvider, Provider, running


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user(EMAIL, PASSWORD)


@pytest.fixture
def secret(user: User) -> str:
    """Return the secret of an authenticator app that Ann has set up."""
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret


@pytest.fixture
def administrator(db: None) -> User:
    return User.objects.create_superuser(ADMIN_EMAIL, PASSWORD)


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """Run an OpenID Connect provider that Quo Admin is configured for."""
    with running() as provider:
        settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = provider.url, CLIENT_ID
        settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = CLIENT_SECRET, "Example Inc."
        yield provider


@pytest.fixture
def https_provider(provider: Provider, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> HttpsProvider:
    """Replace the provider by the description of one with https; return a function that changes its endpoints."""
    settings.OIDC_ISSUER = "https://login.example.com"

    def describe(**changes: str) -> None:
        endpoints = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{settings.OIDC_ISSUER}/x")
        described = endpoints | {"issuer": settings.OIDC_ISSUER} | changes
        monkeypatch.setattr("accounts.company.provider.ask", lambda _url, shape: shape(**described))

    describe()
    return describe


@pytest.fixture
def attempt_lock_is_held(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold the lock under which sign-in attempts are counted."""
    monkeypatch.setattr(adapter, "LOCK_SECONDS", 0)
    with FileLock(settings.DATA_DIR / adapter.LOCK_FILE):
        yield
