"""Fixtures: an office whose memory is empty, and one with a history."""

import pytest

from tests.support.records import Office, number, teammate


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def history(office: Office) -> None:
    """Six syncs, one a minute from 9:01. PN1 and its teammate change at 3; PN3 is gone from 4 to 5; PN4 comes at 2."""
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
