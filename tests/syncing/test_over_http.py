"""Syncs with a sandbox over real HTTP, with and without each of its faults."""

from collections.abc import Callable
from typing import Any

import pytest

from numbers import services
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import NumberState, Sync
from numbers.quo.client import QuoClient
from numbers.sandbox import faults
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import Record
from numbers.syncing import run as sync
from tests.support.installation import KEY
from tests.support.memory_state import State, all_rows, assert_consistent, captured_writes, row_counts, state_at
from tests.support.records import of_number, of_teammate

pytestmark = pytest.mark.django_db

# The error of each fault in a sync of the whole list. None: no error.
OUTCOMES: dict[str, str | None] = {
    "400": "bad_request",
    "401": "unauthorized",
    "402": "payment_required",
    "403": "forbidden",
    "404": "not_found",
    "409": "bad_request",
    "422": "bad_request",
    "429": "rate_limited",
    "429-retry-after": "rate_limited",
    "500": "unavailable",
    "502": "unavailable",
    "503": "unavailable",
    "504": "unavailable",
    "not-json": "bad_payload",
    "html": "bad_payload",
    "empty": None,
    "missing-data": "bad_payload",
    "half": None,
    "duplicates": None,
    "wrong-types": None,
    "unknown-values": None,
    "wrong-number": None,
    "bad-gzip": "bad_payload",
    "gzip-bomb": "bad_payload",
    "redirect": "unavailable",
    "slow": None,
    "stalled": "unavailable",
    "stalled-headers": "unavailable",
    "drip": "unavailable",
    "cut": "unavailable",
    "reset": "unavailable",
    "endless": "bad_payload",
}
FAILING = [fault for fault, kind in OUTCOMES.items() if kind]
ANSWERED = [fault for fault, kind in OUTCOMES.items() if not kind]
NEVER_DONE = {"stalled", "stalled-headers", "drip"}
MAX_BYTES = 1_000_000

Ask = Callable[..., Sync]


@pytest.fixture
def ask(sandbox: SandboxServer) -> Ask:
    """Sync with the sandbox, without waiting between attempts."""

    def run(target: SyncTarget = WORKSPACE, timeout: float = 30) -> Sync:
        with QuoClient(
            api_key=KEY,
            base_url=sandbox.url,
            throttle=lambda: None,
            timeout=timeout,
            max_bytes=MAX_BYTES,
            version="0",
            sleep=lambda _seconds: None,
        ) as client:
            return sync.run(target, client)

    return run


@pytest.fixture
def patient(sandbox: SandboxServer, settings: Any) -> Callable[[SyncTarget], Sync]:
    """Sync as the product does, with the product's client and settings."""
    settings.QUO_API_URL, settings.QUO_API_KEY = sandbox.url, KEY
    return services.run_sync


def as_quo_has_it(records: list[Record]) -> State:
    """Return what the memory should hold, from the sandbox's workspace."""
    columns = ("groupId", "portRequestId", "formattedNumber", "forward", "name", "number", "portingStatus", "symbol")
    stamps = ("createdAt", "updatedAt")
    view: State = {"numbers": {}, "teammates": {}, "assignments": {}}
    for record in records:
        cells = (record["restrictions"][channel][region] for channel in ("calling", "messaging") for region in REGIONS)
        view["numbers"][record["id"]] = (*(record[name] for name in (*columns, *stamps)), *cells, 0, "")
        for user in record["users"]:
            view["teammates"][user["id"]] = (user["email"], user["firstName"], user["lastName"], user["role"])
            view["assignments"][record["id"], user["id"]] = (user["role"], user["groupId"])
    return view


REGIONS = ("US", "CA", "Intl")


def rename_all(sandbox: SandboxServer) -> None:
    for record in sandbox.workspace.numbers:
        record["name"] += " (new)"
    sandbox.workspace.refresh()


# Without faults


def test_the_memory_equals_quos_workspace(patient: Ask, sandbox: SandboxServer) -> None:
    done = patient(WORKSPACE)
    assert (done.outcome, done.seen, done.new, done.set_aside_count, done.notices) == ("succeeded", 61, 61, 0, [])
    assert state_at() == as_quo_has_it(sandbox.workspace.numbers)
    assert_consistent()


def test_an_unchanged_answer_writes_only_a_sync(patient: Ask) -> None:
    patient(WORKSPACE)
    before, remembered = row_counts(), all_rows()
    with captured_writes() as statements:
        patient(WORKSPACE)
    assert {table for _, table in statements} == {"numbers_sync"}
    assert row_counts() == before | {"numbers_sync": 2}
    assert all_rows() == remembered


def test_syncs_of_one_teammate_or_number_agree_with_the_whole_list(ask: Ask) -> None:
    ask()
    remembered = all_rows()
    for user_id in list(state_at()["teammates"])[:12]:
        done = ask(of_teammate(user_id))
        assert (done.outcome, done.wrote, done.notices) == ("succeeded", False, [])
    for number_id in list(state_at()["numbers"])[:12]:
        done = ask(of_number(number_id))
        assert (done.outcome, done.seen, done.wrote) == ("succeeded", 1, False)
    assert all_rows() == remembered


def test_syncs_of_single_numbers_record_the_same_as_a_sync_of_all(ask: Ask, sandbox: SandboxServer) -> None:
    for record in sandbox.workspace.numbers:
        assert ask(of_number(record["id"])).new == 1
    assert state_at() == as_quo_has_it(sandbox.workspace.numbers)
    assert [ask().wrote for _ in range(2)] == [True, False]  # from the first, every number is known
    assert_consistent()


def test_changes_in_quo_are_recorded(ask: Ask, sandbox: SandboxServer) -> None:
    ask()
    rename_all(sandbox)
    del sandbox.workspace.numbers[:3]
    sandbox.workspace.refresh()
    done = ask()
    assert (done.seen, done.new, done.changed, done.gone) == (58, 0, 58, 3)
    now = state_at()
    expected = as_quo_has_it(sandbox.workspace.numbers)
    assert (now["numbers"], now["assignments"]) == (expected["numbers"], expected["assignments"])
    assert_consistent()


@pytest.mark.parametrize("number_id", ["PN/?#%2F '\"<&;\\", "PN🏡" + "x" * 490, "PN..", "PN%00", "PN\t"])
def test_a_number_with_any_id_can_be_synced(ask: Ask, sandbox: SandboxServer, number_id: str) -> None:
    sandbox.workspace.numbers[0]["id"] = number_id
    sandbox.workspace.refresh()
    done = ask(of_number(number_id))
    assert (done.outcome, done.error_sentence, done.new) == ("succeeded", "", 1)
    assert not ask(of_number(number_id)).wrote


def test_an_unknown_number_and_an_unknown_teammate_are_not_found(ask: Ask) -> None:
    unknown = ask(of_number("PNnobody"))
    assert (unknown.outcome, unknown.error_kind, unknown.error_code) == ("failed", "not_found", "0400404")
    nobody = ask(of_teammate("USnobody"))
    assert (nobody.outcome, nobody.seen) == ("succeeded", 0)


def test_a_wrong_key_has_its_own_failure(patient: Ask, settings: Any) -> None:
    settings.QUO_API_KEY = "another-key"
    done = patient(WORKSPACE)
    assert (done.outcome, done.error_kind, done.error_status) == ("failed", "unauthorized", 401)
    assert "QUO_API_KEY" in done.error_sentence
    assert "another-key" not in repr(Sync.objects.values())


def test_an_unreachable_address_has_its_own_failure(ask: Ask, sandbox: SandboxServer) -> None:
    ask()
    remembered = all_rows()
    sandbox.close()
    done = ask()
    assert (done.outcome, done.error_kind, done.error_status) == ("failed", "unavailable", None)
    assert all_rows() == remembered


# With each fault


def test_every_fault_of_the_sandbox_is_tested() -> None:
    assert set(OUTCOMES) == set(faults.NAMES)


@pytest.mark.parametrize("fault", FAILING)
def test_a_failing_fault_changes_nothing_and_the_next_sync_catches_up(
    ask: Ask, sandbox: SandboxServer, fault: str
) -> None:
    ask()
    remembered = all_rows()
    rename_all(sandbox)
    sandbox.fault = fault
    done = ask(timeout=0.3 if fault in NEVER_DONE else 30)
    done.refresh_from_db()
    assert (done.outcome, done.error_kind) == ("failed", OUTCOMES[fault]), done.error_sentence
    assert done.error_sentence
    if fault in {"400", "401", "402", "403", "404", "409", "422", "429", "500"}:
        assert (done.error_status, bool(done.error_trace), bool(done.error_code)) == (int(fault), True, True)
    assert all_rows() == remembered
    sandbox.fault = None
    after = ask()
    assert (after.outcome, after.changed, after.gone) == ("succeeded", 61, 0)
    assert state_at() == as_quo_has_it(sandbox.workspace.numbers)
    assert_consistent()


@pytest.mark.parametrize("fault", ["400", "401", "402", "403", "404", "409", "422", "429", "500"])
def test_a_wrapped_error_is_recorded_like_a_flat_one(ask: Ask, sandbox: SandboxServer, fault: str) -> None:
    sandbox.fault = fault
    flat = ask()
    sandbox.wraps_errors = True
    wrapped = ask()
    for field in ("error_kind", "error_status", "error_code", "error_message", "error_sentence"):
        assert getattr(wrapped, field) == getattr(flat, field) != ""
    assert wrapped.error_trace > flat.error_trace > ""


@pytest.mark.parametrize("fault", ANSWERED)
def test_an_odd_answer_loses_nothing_and_the_next_sync_catches_up(ask: Ask, sandbox: SandboxServer, fault: str) -> None:
    ask()
    known = state_at()
    sandbox.fault = fault
    odd = ask()
    assert (odd.outcome, odd.gone) == ("succeeded", 0)
    now = state_at()
    assert (set(now["numbers"]), set(now["teammates"])) == (set(known["numbers"]), set(known["teammates"]))
    unsaid = set(
        NumberState.objects.filter(until=None, unidentified=None).values_list("phone_number__quo_id", flat=True)
    )
    assert bool(unsaid) == (fault == "wrong-types"), "in it, some numbers have no list of users"
    assert set(now["assignments"]) == {key for key in known["assignments"] if key[0] not in unsaid}
    sandbox.fault = None
    after = ask()
    assert (after.outcome, after.seen, after.held) == ("succeeded", 61, 0)
    assert state_at() == known
    assert_consistent()


def test_each_odd_answer_has_its_own_effect(ask: Ask, sandbox: SandboxServer) -> None:
    ask()
    effects = {}
    for fault in ANSWERED:
        sandbox.fault = fault
        odd = ask()
        effects[fault] = (odd.held, odd.set_aside_count > 0, bool(odd.notices), odd.changed > 0)
        sandbox.fault = None
        ask()
    calm = (0, False, False, False)
    assert effects == {
        "empty": (61, False, False, False),
        "half": (31, False, False, False),
        "duplicates": (0, False, True, True),
        "wrong-types": (5, True, True, True),
        "unknown-values": (0, False, False, True),
        "wrong-number": calm,
        "slow": calm,
    }


@pytest.mark.parametrize("fault", ["wrong-number", "cut", "500", "empty"])
def test_a_single_answer_about_another_number_fails(ask: Ask, sandbox: SandboxServer, fault: str) -> None:
    ask()
    remembered = all_rows()
    target = of_number(sandbox.workspace.numbers[3]["id"])
    sandbox.fault = fault
    done = ask(target)
    kind = "unavailable" if fault in {"cut", "500"} else "bad_payload"
    assert (done.outcome, done.error_kind, done.seen) == ("failed", kind, 0)
    assert all_rows() == remembered
    sandbox.fault = None
    assert (ask(target).outcome, all_rows()) == ("succeeded", remembered)


def test_a_single_answer_with_a_wrong_type_is_recorded_without_the_odd_value(ask: Ask, sandbox: SandboxServer) -> None:
    ask()
    known = state_at()
    number_id = sandbox.workspace.numbers[0]["id"]
    sandbox.fault = "wrong-types"
    done = ask(of_number(number_id))
    assert (done.outcome, done.seen, done.changed, done.set_aside_count) == ("succeeded", 1, 1, 0)
    now = state_at()
    missing = (None, '[["users","missing","",""]]')
    assert now["numbers"] == known["numbers"] | {number_id: (*known["numbers"][number_id][:-2], *missing)}
    assert set(known["assignments"]) - set(now["assignments"]) == {
        key for key in known["assignments"] if key[0] == number_id
    }
    sandbox.fault = None
    assert (ask(of_number(number_id)).changed, state_at()) == (1, known)


def test_a_fault_during_a_teammates_look_ups_changes_nothing(ask: Ask, sandbox: SandboxServer) -> None:
    ask()
    user_id = next(user for (_, user) in state_at()["assignments"])
    remembered = all_rows()
    rename_all(sandbox)
    sandbox.next_faults = ["empty", "403"]
    done = ask(of_teammate(user_id))
    assert (done.outcome, done.error_kind) == ("failed", "forbidden")
    assert all_rows() == remembered
    assert ask(of_teammate(user_id)).changed > 0


def test_a_transient_fault_is_retried_without_a_trace(ask: Ask, sandbox: SandboxServer) -> None:
    sandbox.next_faults = ["500", "reset"]
    done = ask()
    assert (done.outcome, len(sandbox.requests)) == ("succeeded", 3)
