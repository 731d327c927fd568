"""Fixtures: an empty memory, and one with a history."""

import pytest

from tests.support.records import Syncer, number, teammate


@pytest.fixture
def syncer(db: None) -> Syncer:
    return Syncer()


@pytest.fixture
def history(syncer: Syncer) -> None:
    """Make the history of `sync_eight_times`."""
    sync_eight_times(syncer)


def sync_eight_times(syncer: Syncer) -> None:
    """Sync once a minute from 9:01. PN4 appears at 9:02, PN1 and US1 change at 9:03, PN3 is gone from 9:04 to 9:05."""
    ada, bea = teammate("US1"), teammate("US2")
    first = (number("PN1"), number("PN2", ada), number("PN3", ada))
    syncer.sync_all(*first)
    syncer.sync_all(*first, number("PN4", ada))
    renamed = teammate("US1", first_name="Augusta")
    later = (number("PN1", name="New"), number("PN2", renamed), number("PN4"), number("PN5", bea))
    syncer.sync_all(*later, number("PN3", renamed))
    syncer.sync_all(*later)
    syncer.sync_all(*later, number("PN3", renamed))
    syncer.sync_all(*later, number("PN3", renamed))
    syncer.sync_all(*later[:-1], number("PN3", renamed))
    syncer.sync_all(*later[:-1], number("PN3", renamed))
