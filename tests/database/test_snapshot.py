"""What is read inside a moment is of that moment, and whoever writes meanwhile has not to wait for its end."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection

from accounts.patience import impatient
from numbers.database.snapshot import one_moment
from numbers.models import PhoneNumber
from numbers.operations.backups.files import opened
from tests.support.databases import Site, needs_database, remember_a_history
from tests.support.endless_writer import write, written

pytestmark = needs_database


@pytest.fixture
def site(site: Site) -> Site:
    """A site with a history, into whose tables the number 1 is written."""
    remember_a_history()
    write(1)
    return site


def write_elsewhere(site: Site, moment: int) -> None:
    """Write on another connection, which waits for nobody. Raises OperationalError where it would have to."""

    def work() -> None:
        try:
            if site.file:
                with opened(site.file), impatient(0):
                    write(moment)
            else:
                write(moment)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as others:
        others.submit(work).result()


def test_others_may_write_meanwhile(site: Site) -> None:
    with one_moment():
        assert written() == {1}
        write_elsewhere(site, 2)

    assert written() == {2}


def test_what_others_write_meanwhile_is_not_read(site: Site) -> None:
    with one_moment():
        assert written() == {1}
        write_elsewhere(site, 2)
        assert written() == {1}


def test_a_moment_that_an_error_ends_keeps_nothing_from_being_read_afterwards(site: Site) -> None:
    with pytest.raises(ZeroDivisionError), one_moment():
        assert written() == {1}
        raise ZeroDivisionError
    write_elsewhere(site, 2)

    assert written() == {2}


def test_nothing_that_is_written_inside_stays(site: Site) -> None:
    with suppress(DatabaseError), one_moment():  # PostgreSQL refuses it
        PhoneNumber.objects.update(fingerprint="2")

    assert written() == {1}
