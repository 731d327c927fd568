"""Fixtures: an empty memory, and one with a history."""

import pytest

from tests.support.records import Office, number, teammate


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def history(office: Office) -> None:
    """Sync once a minute from 9:01. PN4 appears at 9:02, PN1 and US1 change at 9:03, PN3 is gone from 9:04 to 9:05."""
    ada, bea = teammate("US1"), teammate("US2")
    first = (number("PN1"), number("PN2", ada), number("PN3", ada))
    office.hears(*first)
    office.hears(*first, number("PN4", ada))
    renamed = teammate("US1", first_name="Augusta")
    later = (number("PN1", name="New"), number("PN2", renamed), number("PN4"), number("PN5", bea))
    office.hears(*later, number("PN3", renamed))
    office.hears(*later)
    office.hears(*later, number("PN3", renamed))
    office.hears(*later, number("PN3", renamed))
    office.hears(*later[:-1], number("PN3", renamed))
    office.hears(*later[:-1], number("PN3", renamed))
