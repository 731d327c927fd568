"""Fixtures: the production log, a signed-in user, and a Quo sandbox."""

import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings as live

from tests.support.clients import admin, manager, quo
from tests.support.logs import Log

__all__ = ["admin", "manager", "quo"]


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """The log in JSON, or in the format of the test's parameter."""
    yield Log(getattr(request, "param", "json"))
    logging.config.dictConfig(live.LOGGING)
