"""A snapshot shows one state of the database, and does not block writers."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection

from accounts.busy_timeout import busy_timeout
from numbers.database.snapshot import one_moment
from numbers.models import PhoneNumber
from numbers.operations.backups.files import opened
from tests.support.databases import Site, needs_database, sync_history
from tests.support.endless_writer import write, written

pytestmark = needs_database


@pytest.fixture
def site(site: Site) -> Site:
    """A site with a history, with the number 1 written into its tables."""
    sync_history()
    write(1)
    return site


def write_elsewhere(site: Site, moment: int) -> None:
    """Write on another connection. Raises OperationalError if it would have to wait."""

    def work() -> None:
        try:
            if site.file:
                with opened(site.file), busy_timeout(0):
                    write(moment)
            else:
                write(moment)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as others:
        others.submit(work).result()


def test_others_can_write_during_a_snapshot(site: Site) -> None:
    with one_moment():
        assert written() == {1}
        write_elsewhere(site, 2)

    assert written() == {2}


def test_a_snapshot_does_not_see_writes_of_others(site: Site) -> None:
    with one_moment():
        assert written() == {1}
        write_elsewhere(site, 2)
        assert written() == {1}


def test_an_error_ends_the_snapshot(site: Site) -> None:
    with pytest.raises(ZeroDivisionError), one_moment():
        assert written() == {1}
        raise ZeroDivisionError
    write_elsewhere(site, 2)

    assert written() == {2}


def test_writes_inside_a_snapshot_are_discarded(site: Site) -> None:
    with suppress(DatabaseError), one_moment():  # PostgreSQL refuses it
        PhoneNumber.objects.update(fingerprint="2")

    assert written() == {1}
