"""Changes that tests of their wording and their intervals share."""

from datetime import datetime

from numbers.history.changes import Change, changes
from numbers.memory.version import memory_version
from tests.support.records import NINE, teammate

ANN = teammate("US1", first_name="Ann", last_name="Lee")
BOB = teammate("US2", first_name="Bob", last_name="Roe")


def newest(limit: int = 50, since: datetime = NINE) -> list[Change]:
    return list(changes(since=since, limit=limit, version=memory_version()).found)


def sentences() -> list[str]:
    return [change.sentence for change in newest()]


def only_change() -> Change:
    (change,) = newest()
    return change
