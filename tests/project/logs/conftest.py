"""The log as it is written in production, to be read; and somebody signed in, and a Quo to ask."""

import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings as live

from tests.support.logs import Log
from tests.support.people import admin, office, quo

__all__ = ["admin", "office", "quo"]


@pytest.fixture
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """The log in JSON; in the form that the test is parametrized with, where it is."""
    yield Log(getattr(request, "param", "json"))
    logging.config.dictConfig(live.LOGGING)
