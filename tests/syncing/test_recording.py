"""What a complete answer records: new, unchanged and changed numbers and teammates."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from numbers.models import Assignment, NumberState, PhoneNumber, Teammate, TeammateState
from numbers.quo.payloads import parse_list
from numbers.quo.records import Regions, UserRecord
from numbers.syncing.recording import fingerprint
from tests.support.memory_state import (
    NUMBER_COLUMNS,
    all_rows,
    assert_consistent,
    captured_writes,
    memory_row_counts,
    row_counts,
    state_at,
)
from tests.support.records import NINE, FakeClient, Syncer, answer, changed, ids, number, numbers, teammate

ADA, BEA, CAL = teammate("US1"), teammate("US2", first_name="Bea"), teammate("US3", first_name="Cal")
DESK = number("PN1", ADA, BEA)


def regions(**changes: str | None) -> Regions:
    return Regions(**{"US": "unrestricted", "CA": "unrestricted", "Intl": "restricted", **changes})


# New


def test_a_first_answer_is_recorded_completely(syncer: Syncer) -> None:
    sync = syncer.sync_all(DESK)
    assert (sync.seen, sync.new, sync.changed, sync.gone, sync.wrote) == (1, 1, 0, 0, True)
    described = ("1234", None, "(555) 555-0123", None, "Front desk", "+15555550123", "completed", "🏡")
    stamps = (" '2022-01-01T00:00:00Z'", "2022-01-02T00:00:00Z")
    calling, messaging = ("unrestricted", "unrestricted", "restricted"), ("unrestricted", "restricted", "restricted")
    assert state_at() == {
        "numbers": {"PN1": (*described, *stamps, *calling, *messaging, 0, "")},
        "teammates": {
            "US1": ("us1@example.com", "Ada", "Byron", "member"),
            "US2": ("us2@example.com", "Bea", "Byron", "member"),
        },
        "assignments": {("PN1", "US1"): ("member", "GR1"), ("PN1", "US2"): ("member", "GR1")},
    }
    state = NumberState.objects.get()
    assert state.answer == DESK.answer
    assert (state.since, state.phone_number.first_seen, state.phone_number.recorded_at) == (sync.observed_at,) * 3
    assert_consistent()


def test_a_number_may_have_no_teammates_and_nulls(syncer: Syncer) -> None:
    nobody = {"formatted_number": None, "porting_status": None, "symbol": None}
    syncer.sync_all(number("PN1", calling=Regions(None, None, None), messaging=Regions(None, "", "null"), **nobody))
    state = NumberState.objects.get()
    assert (state.calling_us, state.messaging_us, state.messaging_ca, state.messaging_intl) == (None, None, "", "null")
    assert not Assignment.objects.exists()


def test_texts_may_be_longer_than_an_index_entry(syncer: Syncer) -> None:
    """PostgreSQL's entries have at most 2,704 bytes; the letters are random because it compresses."""
    text = "".join(map(chr, random.Random(1).choices(range(0x20000, 0x2A000), k=3_000)))
    fields = dict.fromkeys(TEXTS, text)

    syncer.sync_all(number("PN1", ADA, **fields, calling=regions(US=text)))

    state = NumberState.objects.get()
    assert (state.name, state.group_id, state.porting_status, state.calling_us, state.number) == (text,) * 5


def test_search_texts_and_sort_keys_are_folded(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", teammate(first_name="Élodie", last_name="Ø"), name="Zoë’s Line 2", group_id="GRx"))
    state, person = NumberState.objects.get(), TeammateState.objects.get()
    assert {"zoe’s", "grx", "+15555550123"} <= set(state.search_text.split())
    assert state.name_key == "zoe’s line 000000000002"
    assert (person.search_text, person.name_key) == ("elodie o us1@example.com", "elodie o")


def test_a_new_number_does_not_change_known_ones(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    sync = syncer.sync_all(DESK, number("PN2", ADA))
    assert (sync.new, sync.changed) == (1, 0)
    assert memory_row_counts() == {
        "PhoneNumber": 2,
        "Teammate": 2,
        "NumberState": 2,
        "TeammateState": 2,
        "Assignment": 3,
    }
    assert_consistent()


def test_more_numbers_and_teammates_than_one_chunk_are_recorded(syncer: Syncer) -> None:
    people = [teammate(f"US{place}") for place in range(1_100)]
    many = [number(pn, people[place % 1_100], people[place // 2]) for place, pn in enumerate(ids(2_100))]
    reported: list[tuple[int, int]] = []
    syncer.sync(FakeClient(answer(*many)), progress=lambda done, total: reported.append((done, total)))
    assert reported == [(done, 2_100) for done in (500, 1_000, 1_500, 2_000, 2_100)]
    assert len(state_at()["numbers"]) == 2_100
    assert len(state_at()["teammates"]) == 1_100
    renamed = [changed(record, name="Else", users=(teammate("US1100"),)) for record in many]
    sync = syncer.sync_all(*renamed)
    assert (sync.new, sync.changed) == (0, 2_100)
    assert {values[4] for values in state_at()["numbers"].values()} == {"Else"}
    assert set(state_at()["assignments"]) == {(pn, "US1100") for pn in ids(2_100)}
    assert_consistent()


# Unchanged


def test_an_unchanged_answer_writes_only_a_sync(syncer: Syncer) -> None:
    syncer.sync_all(DESK, number("PN2"))
    before, remembered = row_counts(), all_rows()
    with captured_writes() as statements:
        sync = syncer.sync_all(DESK, number("PN2"))
    assert set(statements) == {("INSERT", "numbers_sync"), ("UPDATE", "numbers_sync")}
    assert row_counts() == before | {"numbers_sync": before["numbers_sync"] + 1}
    assert all_rows() == remembered
    assert (sync.seen, sync.new, sync.changed, sync.gone, sync.wrote) == (2, 0, 0, 0, False)


@pytest.mark.parametrize("count", [1, 30, 1_500])
def test_an_unchanged_answer_needs_as_few_queries_for_many_numbers_as_for_one(
    syncer: Syncer, django_assert_num_queries: Any, count: int
) -> None:
    many = [number(pn, ADA, BEA) for pn in ids(count)]
    syncer.sync_all(*many)
    savepoint, lock = 2, 2 if connection.vendor == "postgresql" else 0
    with django_assert_num_queries(10 + savepoint + lock):
        syncer.sync_all(*many)


def test_another_order_of_teammates_is_no_change(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA, BEA, CAL))
    remembered = all_rows()
    assert syncer.sync_all(number("PN1", CAL, ADA, BEA)).changed == 0
    assert all_rows() == remembered


def test_another_order_of_numbers_is_no_change(syncer: Syncer) -> None:
    syncer.sync_all(*numbers("PN1", "PN2", "PN3"))
    remembered = all_rows()
    assert not syncer.sync_all(*numbers("PN3", "PN1", "PN2")).wrote
    assert all_rows() == remembered


def test_another_spelling_of_the_same_json_is_no_change(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    remembered = all_rows()
    assert not syncer.sync_all(changed(DESK, answer='{"a new key": 1}')).wrote
    assert all_rows() == remembered


def test_fingerprints_are_stable_across_versions() -> None:
    """Otherwise every number would count as changed after an upgrade."""
    assert fingerprint(DESK) == "3316a2d9b365ab918e32441dc06cdd60"


def test_an_empty_workspace_is_a_valid_answer(syncer: Syncer) -> None:
    sync = syncer.sync_all()
    assert (sync.outcome, sync.seen, sync.held, sync.wrote) == ("succeeded", 0, 0, False)


# Changed

FIELDS: dict[str, dict[str, Any]] = {
    "group_id": {"group_id": "GRother"},
    "port_request_id": {"port_request_id": "77"},
    "formatted_number": {"formatted_number": None},
    "forward": {"forward": "+15555550199"},
    "name": {"name": "Back office"},
    "number": {"number": "+15555550124"},
    "porting_status": {"porting_status": None},
    "symbol": {"symbol": "☎️"},
    "created_at_text": {"created_at": "2022-01-01T00:00:00Z"},
    "updated_at_text": {"updated_at": "soon"},
    "calling_us": {"calling": regions(US="restricted")},
    "calling_ca": {"calling": regions(CA=None)},
    "calling_intl": {"calling": regions(Intl="unrestricted")},
    "messaging_us": {"messaging": Regions("restricted", "restricted", "restricted")},
    "messaging_ca": {"messaging": Regions("unrestricted", "pending", "restricted")},
    "messaging_intl": {"messaging": Regions("unrestricted", "restricted", "unrestricted")},
    "unidentified": {"unidentified": 1},
    "oddities": {"oddities": '[["number","value","",""]]'},
}


def test_every_field_is_tested_below() -> None:
    assert tuple(FIELDS) == NUMBER_COLUMNS


@pytest.mark.parametrize("column", FIELDS)
def test_a_changed_field_closes_the_state_and_opens_one_that_differs_only_in_it(syncer: Syncer, column: str) -> None:
    other = number("PN2", ADA)
    syncer.sync_all(DESK, other)
    after = changed(DESK, **FIELDS[column])
    sync = syncer.sync_all(after, other)
    assert (sync.seen, sync.new, sync.changed, sync.gone, sync.wrote) == (2, 0, 1, 0, True)
    old, new = NumberState.objects.filter(phone_number__quo_id="PN1").order_by("since")
    assert [name for name in NUMBER_COLUMNS if getattr(old, name) != getattr(new, name)] == [column]
    assert (old.until, new.since, new.until) == (sync.observed_at, sync.observed_at, None)
    assert (old.answer, new.answer) == (DESK.answer, after.answer)
    assert NumberState.objects.filter(phone_number__quo_id="PN2").count() == 1
    assert Assignment.objects.count() == 3
    assert_consistent()


@pytest.mark.parametrize("column", FIELDS)
def test_a_field_that_changes_back_opens_a_third_state(syncer: Syncer, column: str) -> None:
    for record in (DESK, changed(DESK, **FIELDS[column]), DESK):
        syncer.sync_all(record)
    values = NumberState.objects.order_by("since").values_list(column, flat=True)
    assert len(values) == 3
    assert values[0] == values[2]
    assert_consistent()


@pytest.mark.parametrize(
    "change",
    [{"email": "ada@example.net"}, {"first_name": None}, {"last_name": "King"}],
    ids=lambda change: str(*change),
)
def test_a_changed_teammate_opens_a_state_of_the_teammate_only(syncer: Syncer, change: dict[str, Any]) -> None:
    syncer.sync_all(DESK, number("PN2", BEA))
    after = teammate("US1", **change)
    sync = syncer.sync_all(number("PN1", after, BEA), number("PN2", BEA))
    old, new = TeammateState.objects.filter(teammate__quo_id="US1").order_by("since")
    for name, value in change.items():
        assert getattr(old, name) != getattr(new, name) == value
    assert (old.until, new.since, new.until) == (sync.observed_at, sync.observed_at, None)
    assert (NumberState.objects.count(), Assignment.objects.count(), TeammateState.objects.count()) == (2, 3, 3)
    assert sync.wrote
    assert_consistent()


def test_a_new_role_changes_the_teammate_and_the_assignment(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    syncer.sync_all(number("PN1", teammate("US1", role="owner"), BEA))
    assert state_at()["teammates"]["US1"][3] == "owner"
    assert state_at()["assignments"]["PN1", "US1"] == ("owner", "GR1")
    assert (NumberState.objects.count(), Assignment.objects.count(), TeammateState.objects.count()) == (1, 3, 3)
    assert_consistent()


def test_a_new_group_changes_only_the_assignment(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    sync = syncer.sync_all(number("PN1", teammate("US1", group_id="GR2"), BEA))
    old, new = Assignment.objects.filter(teammate__quo_id="US1").order_by("since")
    assert (old.group_id, old.until, new.group_id, new.since) == ("GR1", sync.observed_at, "GR2", sync.observed_at)
    assert (NumberState.objects.count(), Assignment.objects.count(), TeammateState.objects.count()) == (1, 3, 2)
    assert sync.changed == 1


def test_an_added_teammate_is_on_the_number_from_then_on(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    sync = syncer.sync_all(number("PN1", ADA, BEA, CAL))
    assert Assignment.objects.get(teammate__quo_id="US3").since == sync.observed_at
    assert (NumberState.objects.count(), Assignment.objects.count(), sync.changed) == (1, 3, 1)
    assert_consistent()


def test_a_removed_teammate_ends_the_assignment_and_keeps_the_state(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    sync = syncer.sync_all(number("PN1", BEA))
    assert Assignment.objects.get(teammate__quo_id="US1").until == sync.observed_at
    assert set(state_at()["assignments"]) == {("PN1", "US2")}
    assert set(state_at()["teammates"]) == {"US1", "US2"}
    assert NumberState.objects.count() == 1
    assert_consistent()


def test_a_returning_teammate_opens_a_second_assignment(syncer: Syncer) -> None:
    for users in ((ADA,), (), (ADA,)):
        syncer.sync_all(number("PN1", *users))
    first, second = Assignment.objects.order_by("since")
    assert first.until is not None
    assert first.until < second.since
    assert second.until is None
    assert_consistent()


def test_a_teammate_who_moves_to_another_number_keeps_their_state(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2"))
    syncer.sync_all(number("PN1"), number("PN2", ADA))
    assert set(state_at()["assignments"]) == {("PN2", "US1")}
    assert TeammateState.objects.count() == 1


def test_the_last_of_two_descriptions_of_a_teammate_in_an_answer_wins(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2", teammate("US1", first_name="Augusta")))
    assert state_at()["teammates"]["US1"][1] == "Augusta"
    remembered = all_rows()
    syncer.sync_all(number("PN1", ADA), number("PN2", teammate("US1", first_name="Augusta")))
    assert all_rows() == remembered


@pytest.mark.parametrize("described_last", [False, True])
@pytest.mark.parametrize(
    ("change", "merged"),
    [
        ({"first_name": None}, ("us1@example.com", "Ada", "Byron", "member")),
        ({"first_name": "", "last_name": None}, ("us1@example.com", "Ada", "Byron", "member")),
        ({"email": "", "role": ""}, ("us1@example.com", "Ada", "Byron", "member")),
        (
            {"email": "", "first_name": None, "last_name": None, "role": ""},
            ("us1@example.com", "Ada", "Byron", "member"),
        ),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else None,
)
def test_a_value_that_one_number_gives_about_a_teammate_is_not_lost_to_another_that_does_not(
    syncer: Syncer, change: dict[str, Any], merged: tuple[str, ...], *, described_last: bool
) -> None:
    records = [number("PN1", ADA), number("PN2", teammate("US1", **change))][:: -1 if described_last else 1]
    syncer.sync_all(*records)
    assert state_at()["teammates"] == {"US1": merged}
    assert not syncer.sync_all(*records).wrote


def test_two_numbers_that_each_give_half_of_a_teammate_give_the_whole(syncer: Syncer) -> None:
    syncer.sync_all(
        number("PN1", teammate("US1", email="", last_name=None)),
        number("PN2", teammate("US1", first_name=None, role="")),
    )
    assert state_at()["teammates"] == {"US1": ("us1@example.com", "Ada", "Byron", "member")}
    assert state_at()["assignments"] == {("PN1", "US1"): ("member", "GR1"), ("PN2", "US1"): ("", "GR1")}
    assert_consistent()


def test_a_value_that_no_number_gives_about_a_teammate_is_not_invented(syncer: Syncer) -> None:
    unknown = {"email": "", "first_name": None, "last_name": "", "role": ""}
    syncer.sync_all(
        number("PN1", teammate("US1", **unknown)), number("PN2", teammate("US1", **unknown, group_id="GR2"))
    )
    assert state_at()["teammates"] == {"US1": ("", None, "", "")}


def test_a_value_that_is_given_no_longer_is_forgotten(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ADA), number("PN2", ADA))
    nameless = teammate("US1", first_name=None)
    syncer.sync_all(number("PN1", nameless), number("PN2", nameless))
    assert state_at()["teammates"]["US1"][1] is None
    assert_consistent()


def test_unchanged_numbers_can_change_a_teammate(syncer: Syncer) -> None:
    """A sync of one number saw a new name, which was then changed back: no number differs from the memory."""
    syncer.sync_all(number("PN1", ADA), number("PN2", ADA))
    syncer.sync_number(number("PN1", teammate("US1", first_name="Augusta")))
    syncer.sync_number(number("PN1"))
    sync = syncer.sync_all(number("PN1"), number("PN2", ADA))
    assert state_at()["teammates"]["US1"][1] == "Ada"
    assert (sync.changed, sync.wrote) == (0, True)
    assert_consistent()


# Time


def test_states_do_not_overlap_while_the_clock_stands_still(syncer: Syncer) -> None:
    for name in ("one", "two", "three"):
        syncer.clock.now = NINE - timedelta(minutes=1)
        syncer.sync_all(number("PN1", name=name))
    states = NumberState.objects.order_by("since")
    assert [state.name for state in states] == ["one", "two", "three"]
    assert states[2].since - states[0].since == timedelta(microseconds=2)
    assert_consistent()


def test_states_do_not_overlap_if_the_clock_was_set_back(syncer: Syncer) -> None:
    for name, hours in (("one", 0), ("two", -24), ("three", 1), ("four", 48)):
        syncer.clock.move(hours=hours)
        syncer.sync_all(number("PN1", teammate(first_name=name), name=name))
    for states in (NumberState.objects.order_by("since"), TeammateState.objects.order_by("since")):
        assert states.count() == 4
    assert [state.name for state in NumberState.objects.order_by("since")] == ["one", "two", "three", "four"]
    assert_consistent()


def test_the_database_refuses_two_open_states(syncer: Syncer) -> None:
    syncer.sync_all(DESK)
    for state in (NumberState.objects.get(), TeammateState.objects.all()[0], Assignment.objects.all()[0]):
        state.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            state.save(force_insert=True)


def test_the_database_refuses_a_state_without_duration(syncer: Syncer) -> None:
    sync = syncer.sync_all(DESK)
    for model in (NumberState, TeammateState, Assignment):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(until=sync.observed_at)


# Hostile text

TEXTS = (
    *("group_id", "port_request_id", "formatted_number", "forward", "name", "number", "porting_status", "symbol"),
    *("created_at", "updated_at", "answer"),
)
HOSTILE = (
    "<script>alert(1)</script>",
    "'; DROP TABLE numbers_sync; --",
    '"quoted" \\ {{ template }} {% tag %}',
    "two\nlines\r\tand tabs",
    "👩🏽‍🚒🇨🇦 e\u0301 \u202eright-to-left\u202c",
    "%s %(name)s \x1b[31m \x7f \ufffd \U0010ffff",
    "",
    " ",
    "x" * 10_000,
    "🏡" * 10_000,
    "1 " * 5_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_any_text_in_any_field_is_stored_unchanged(syncer: Syncer, text: str) -> None:
    user = UserRecord(id="US1", email=text, first_name=text, last_name=text, role="member", group_id=f"GR{text}")
    fields = dict.fromkeys(TEXTS, text)
    record = number("PN1", user, **fields, calling=Regions(text, text, text), messaging=Regions(text, text, text))
    syncer.sync_all(record)
    state = NumberState.objects.get()
    texts = {*NUMBER_COLUMNS, "answer"} - {"unidentified", "oddities"}
    assert {getattr(state, name) for name in texts} == {text}
    assert state_at()["teammates"] == {"US1": (text, text, text, "member")}
    assert state_at()["assignments"] == {("PN1", "US1"): ("member", f"GR{text}")}
    assert not syncer.sync_all(record).wrote


IDS = ("🏡" * 498, "/?#%2F '\"<>&;\\ {{x}}\r\t", "", "\U0010ffff", "ı İ ß", " ")


@pytest.mark.parametrize("tail", IDS, ids=lambda tail: repr(tail[:12]))
def test_any_valid_id_is_stored_separately(syncer: Syncer, tail: str) -> None:
    others = (number("PN1"), number(f"PN{tail[:-1]}X", teammate("USx")), number(f"PN{tail[1:]}Y"))
    syncer.sync_all(number(f"PN{tail}", teammate(f"US{tail}")), *others)
    syncer.sync_all(number(f"PN{tail}", teammate(f"US{tail}"), name="Else"), *others)
    assert state_at()["numbers"][f"PN{tail}"][4] == "Else"
    assert (f"PN{tail}", f"US{tail}") in state_at()["assignments"]
    assert NumberState.objects.count() == 1 + PhoneNumber.objects.count()


def test_ids_that_differ_only_in_case_are_different(syncer: Syncer) -> None:
    syncer.sync_all(number("PNa", teammate("USa")), number("PNA", teammate("USA")))
    assert (PhoneNumber.objects.count(), Teammate.objects.count()) == (2, 2)


def test_a_nul_becomes_a_replacement_character_and_the_answer_stays_unchanged(syncer: Syncer) -> None:
    raw = {
        "id": "PN1",
        "groupId": "1\x002",
        "portRequestId": "\x00",
        "formattedNumber": None,
        "forward": None,
        "name": "Front\x00desk",
        "number": "+15555550123",
        "users": [
            {
                "id": "US1",
                "email": "\x00",
                "firstName": "A\x00",
                "lastName": None,
                "role": "member",
                "groupId": "GR\x00",
            }
        ],
        "portingStatus": "\x00",
        "symbol": "\x00",
        "createdAt": "\x00",
        "updatedAt": "",
        "restrictions": {
            "calling": {"US": "\x00", "CA": "restricted", "Intl": "restricted"},
            "messaging": {"US": "restricted", "CA": "restricted", "Intl": {"\x00": "\x00"}},
        },
    }
    parsed = parse_list(json.dumps({"data": [raw]}).encode())
    assert not parsed.set_aside
    assert syncer.sync(FakeClient(parsed)).outcome == "succeeded"
    state = NumberState.objects.get()
    assert state.name == "Front\ufffddesk"
    assert json.loads(state.answer) == raw
    assert not syncer.sync(FakeClient(parsed)).wrote
