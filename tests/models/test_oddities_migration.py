"""Migration 0016 marks what is unusual in old states. Numbers that the version before it froze are read again."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from numbers.models import NumberState, PhoneNumber, Sync, TeammateState
from numbers.operations.invariants import breaches
from numbers.quo.payloads import parse_list
from numbers.quo.records import NumberRecord
from numbers.syncing.recording import fingerprint
from tests.support.memory_state import state_at
from tests.support.records import FakeClient, Syncer, answer, number, teammate

BEFORE = ("numbers", "0015_audited_with_the_number")
# What the version before it accepted in a cell: any text, and any other JSON value as its text.
WORDS: list[object] = [
    "pending",
    "",
    " restricted",
    'a "quoted"\n🏡 \x7f\u2028',
    "x" * 5_000,
    5,
    True,
    {"é": ["\\"]},
    [],
]


def read(**changes: Any) -> NumberRecord:
    """Return a record of today for a number whose description has these changes."""
    said = json.loads(number("PN1", teammate("US1")).answer) | changes
    (record,) = parse_list(json.dumps({"data": [said]}).encode()).records
    return record


def restrictions(*words: object) -> dict[str, Any]:
    cells = dict(zip(("US", "CA", "Intl"), words, strict=False))
    return {"calling": {"US": "restricted"}, "messaging": cells}


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


@pytest.fixture
def upgrade(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Return a function that turns the memory into one of the version before, and upgrades it."""

    def run() -> None:
        migrate(BEFORE)
        assert "oddities" not in _columns()
        for row in NumberState.objects.filter(until=None).values("phone_number_id", "phone_number__quo_id", "answer"):
            (record,) = parse_list(f'{{"data": [{row["answer"]}]}}'.encode()).records
            usual = msgspec.structs.replace(record, oddities="")
            PhoneNumber.objects.filter(pk=row["phone_number_id"]).update(fingerprint=fingerprint(usual))
        migrate()

    yield run
    migrate()


def _columns() -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, "numbers_numberstate")]


def test_it_keeps_the_history_and_marks_new_words_as_a_sync_of_today_would(
    upgrade: Callable[[], None], syncer: Syncer
) -> None:
    records = [read(id=f"PN{place}", restrictions=restrictions(word)) for place, word in enumerate(WORDS)]
    records += [read(id="PNtwo", restrictions=restrictions("new", "restricted", "newer")), read(id="PNusual")]
    syncer.sync_all(*records)
    syncer.sync_all(
        *(read(id=record.id, name="Renamed", restrictions={"calling": {}, "messaging": {}}) for record in records)
    )
    states = list(NumberState.objects.order_by("pk").values())
    assert [bool(state["oddities"]) for state in states] == [*[True] * (len(WORDS) + 1), False, *[False] * len(records)]

    upgrade()

    assert list(NumberState.objects.order_by("pk").values()) == states
    assert list(breaches()) == []


def test_the_next_sync_writes_no_state_of_an_unchanged_number(upgrade: Callable[[], None], syncer: Syncer) -> None:
    records = [read(), read(id="PN2", restrictions=restrictions("pending"))]
    syncer.sync_all(*records)
    states = state_at()

    upgrade()
    sync = syncer.sync_all(*records)

    assert (sync.new, sync.gone, sync.held) == (0, 0, 0)
    assert state_at() == states
    assert NumberState.objects.count() == 2
    assert not syncer.sync_all(*records).wrote
    assert list(breaches()) == []


@pytest.mark.parametrize("how", ["everything", "one number", "one teammate"])
def test_a_number_that_the_version_before_set_aside_is_read_again(
    upgrade: Callable[[], None], syncer: Syncer, how: str
) -> None:
    syncer.sync_all(read(), read(id="PN2"))
    _set_aside_by_the_version_before(syncer)
    upgrade()
    assert list(breaches()) == []
    manager = {"id": "US2", "email": "bea@example.com", "firstName": "Bea", "lastName": None, "role": "manager"}
    record = read(users=[manager | {"groupId": "GR1"}])

    if how == "everything":
        sync = syncer.sync_all(record, read(id="PN2"))
    else:
        sync = syncer.sync_number(record) if how == "one number" else syncer.sync_teammate("US2", record)

    assert (sync.outcome, sync.changed, sync.set_aside_count) == ("succeeded", 1, 0)
    assert {key for key in state_at()["assignments"] if key[0] == "PN1"} == {("PN1", "US2")}
    assert TeammateState.objects.get(teammate__quo_id="US2").role == "manager"
    assert state_at()["numbers"]["PN1"][-1] == '[["role","value","manager","US2"]]'
    assert PhoneNumber.objects.get(quo_id="PN1").seen_until is None
    assert list(breaches()) == []


def test_a_number_that_left_while_it_was_set_aside_is_gone(upgrade: Callable[[], None], syncer: Syncer) -> None:
    syncer.sync_all(read(), read(id="PN2"), read(id="PN3"))
    confirmed = PhoneNumber.objects.get(quo_id="PN1").recorded_at
    _set_aside_by_the_version_before(syncer)
    upgrade()

    assert syncer.sync_all(read(id="PN2"), read(id="PN3")).gone == 1

    assert PhoneNumber.objects.get(quo_id="PN1").seen_until == confirmed
    assert list(breaches()) == []


def test_pages_show_what_the_version_before_set_aside(
    upgrade: Callable[[], None], syncer: Syncer, manager: Client
) -> None:
    syncer.sync_all(read(), read(id="PN2"))
    _set_aside_by_the_version_before(syncer)
    upgrade()

    for path in ("/", "/numbers/", "/numbers/PN1/", "/status/", "/audit/", "/numbers/teammates/"):
        response = manager.get(path)
        assert response.status_code == 200, path
        assert b"Expected" not in response.content, path
    assert b"PN1" in manager.get("/status/").content


def _set_aside_by_the_version_before(syncer: Syncer) -> None:
    """Write what that version wrote when a teammate of PN1 got a new role."""
    at = syncer.clock.move(minutes=1)
    path, reason = "$.data[0].users[0].role", "Expected `str` matching regex '^(owner|admin|member)\\\\Z'"
    Sync.objects.create(
        scope="workspace",
        started_at=at,
        observed_at=at,
        ended_at=at,
        outcome="succeeded",
        seen=PhoneNumber.objects.count() - 1,
        wrote=True,
        set_aside_count=1,
        set_aside=[{"path": path, "reason": reason, "number": "PN1"}],
    )
    PhoneNumber.objects.filter(quo_id="PN1").update(seen_until=at - timedelta(minutes=1))


def test_a_null_that_was_stored_as_a_text_is_forgotten(transactional_db: None, syncer: Syncer) -> None:
    null, text, odd = read(id="PN1", restrictions=restrictions(None, "restricted", None)), "null", "perhaps"
    mixed = read(id="PN3", restrictions=restrictions(None, text, odd))
    syncer.sync(FakeClient(answer(null, read(id="PN2", restrictions=restrictions(text)), mixed)))
    synced = list(NumberState.objects.order_by("pk").values())

    migrate(("numbers", "0019_telephones"))
    words = '["messaging.US","value","null",""]'
    NumberState.objects.filter(phone_number__quo_id="PN1").update(
        messaging_us="null", messaging_intl="null", oddities=f"[{words},{words.replace('US', 'Intl')}]"
    )
    NumberState.objects.filter(phone_number__quo_id="PN3").update(
        messaging_us="null", oddities=f"[{words},{synced[2]['oddities'][1:]}"
    )
    migrate()

    assert list(NumberState.objects.order_by("pk").values()) == synced
    assert list(breaches()) == []
