"""Changes of people on a number on which Quo does not identify everybody."""

import pytest

from numbers.history.changes import changes
from numbers.memory.version import memory_version
from tests.support.records import NINE, Syncer, number, teammate

pytestmark = pytest.mark.django_db


@pytest.fixture
def syncer() -> Syncer:
    return Syncer()


ANN, BOB = teammate("US1", first_name="Ann", last_name="Lee"), teammate("US2", first_name="Bob", last_name="Roe")


def sentences() -> list[str]:
    return [change.sentence for change in changes(since=NINE, limit=9, version=memory_version()).found]


def test_a_teammate_who_may_still_be_on_the_number_was_not_taken_off(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN))
    syncer.sync_all(number("PN1", unidentified=1))

    assert sentences() == [
        "Front desk: the people whom Quo does not identify went from 0 to 1; Ann Lee was no longer named on it"
    ]


def test_a_teammate_who_may_have_been_on_the_number_was_not_put_on(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", unidentified=1))
    syncer.sync_all(number("PN1", ANN))

    assert sentences() == [
        "Front desk: the people whom Quo does not identify went from 1 to 0; Ann Lee was named on it"
    ]


def test_beside_the_same_unidentified_people_teammates_are_only_named(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN, unidentified=1))
    syncer.sync_all(number("PN1", BOB, unidentified=1))

    assert sentences() == ["Bob Roe was named on Front desk; Ann Lee was no longer named on it"]
