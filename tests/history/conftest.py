"""Fixtures for histories."""

import pytest

from tests.support.records import Syncer


@pytest.fixture
def syncer(db: None) -> Syncer:
    return Syncer()
