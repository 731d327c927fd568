"""Fixtures: signed-in clients, and a sandbox in place of Quo."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.pages import ADMIN_EMAIL, KEY, PageClient, client_with_role


@pytest.fixture
def manager(db: None) -> PageClient:
    """A client signed in as a manager."""
    return client_with_role(Role.MANAGER)


@pytest.fixture
def viewer(db: None) -> PageClient:
    """A client signed in as a viewer."""
    return client_with_role(Role.VIEWER)


@pytest.fixture
def admin(db: None) -> PageClient:
    """A client signed in as an administrator."""
    client = PageClient()
    client.force_login(User.objects.create_superuser(ADMIN_EMAIL, "a long enough secret"))
    return client


@pytest.fixture
def quo(settings: Settings) -> Iterator[SandboxServer]:
    """A sandbox in place of Quo, over real HTTP, with a timeout too short for retries."""
    with SandboxServer(build(12), key=KEY) as sandbox:
        settings.QUO_API_URL = sandbox.url
        settings.QUO_API_KEY = KEY
        settings.QUO_TIMEOUT = 1
        yield sandbox
