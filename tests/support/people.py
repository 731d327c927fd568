"""Fixtures: clients of people who are signed in, and a Quo to ask."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.pages import ADMIN_EMAIL, KEY, Office, of_role


@pytest.fixture
def office(db: None) -> Office:
    """A client of an office manager."""
    return of_role(Role.MANAGER)


@pytest.fixture
def viewer(db: None) -> Office:
    """A client of somebody who may look at everything and change nothing."""
    return of_role(Role.VIEWER)


@pytest.fixture
def admin(db: None) -> Office:
    """A client of an administrator who may do everything."""
    client = Office()
    client.force_login(User.objects.create_superuser(ADMIN_EMAIL, "a long enough secret"))
    return client


@pytest.fixture
def quo(settings: Settings) -> Iterator[SandboxServer]:
    """A Quo of ours over real HTTP, which the product asks; a failure that might pass is not asked again."""
    with SandboxServer(build(12), key=KEY) as sandbox:
        settings.QUO_API_URL = sandbox.url
        settings.QUO_API_KEY = KEY
        settings.QUO_TIMEOUT = 1
        yield sandbox
