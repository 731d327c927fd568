"""A database of any released version upgrades to the newest version without loss."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from numbers.memory.moment import NOW
from numbers.memory.numbers import numbers_at
from numbers.memory.search.finding import search_numbers, search_teammates
from numbers.models import NumberState
from numbers.operations.backups.files import opened
from numbers.operations.invariants import breaches
from tests.support.records import NINE
from tests.support.search_index import assert_search_current

Rows = dict[str, dict[Any, dict[str, Any]]]


def at(minute: int) -> Any:
    return NINE + timedelta(minutes=minute)


def answer_about(quo_id: str, state: dict[str, Any]) -> str:
    """Return the JSON that a state with restrictions of two cells, and with US1 in a role if any, came from."""
    same = {"groupId": "group_id", "name": "name", "number": "number", "forward": "forward"}
    fields = {name: state.get(column) for name, column in same.items()}
    stamps = {"createdAt": state["created_at_text"], "updatedAt": state["updated_at_text"]}
    nulls = dict.fromkeys(("portRequestId", "formattedNumber", "portingStatus", "symbol"))
    restrictions = {"calling": {"US": state["calling_us"], "CA": state["calling_ca"]}, "messaging": {}}
    role = {"Before": "owner", "After": "member", "Gone": "owner"}.get(state["name"])
    user = {"id": "US1", "email": "a@example.com", "firstName": None, "lastName": None, "role": role, "groupId": "GR1"}
    users = [user] if role else []
    return json.dumps({"id": quo_id, **fields, **stamps, **nulls, "users": users, "restrictions": restrictions})


def fill_0_1_0(apps: Apps) -> None:
    """Add two current numbers (one of them changed) and one gone, two teammates, and syncs of every outcome."""

    def add(label: str, **values: Any) -> Any:
        app, _, model = label.rpartition(".")
        return apps.get_model(app or "numbers", model)._default_manager.create(**values)

    def sync(minute: int, outcome: str, **values: Any) -> None:
        ended = None if outcome == "running" else at(minute)
        add("Sync", scope="workspace", started_at=at(minute), ended_at=ended, outcome=outcome, **values)

    def state(phone_number: Any, since: int, until: int | None, name: str, **values: Any) -> None:
        defaults = {
            "phone_number": phone_number,
            "since": at(since),
            "until": until and at(until),
            "group_id": "1234",
            "name": name,
            "created_at_text": "'2022-01-01'",
            "updated_at_text": "",
            "calling_us": "restricted",
            "calling_ca": "odd",
            "name_key": name.lower(),
            **values,
        }
        add("NumberState", answer=answer_about(phone_number.quo_id, defaults), **defaults)

    sync(1, "succeeded", observed_at=at(1), seen=3, new=3, wrote=True, notices=["Odd."])
    sync(2, "failed", error_kind="timeout", error_sentence="Quo did not answer in time.", error_status=504)
    sync(
        3,
        "succeeded",
        observed_at=at(3),
        seen=2,
        changed=1,
        gone=1,
        wrote=True,
        set_aside=[{"path": "$", "reason": "é"}],
        set_aside_count=1,
    )
    sync(4, "interrupted", error_sentence="It was stopped.")
    ada = add("Teammate", quo_id="US1", first_seen=at(1))
    bea = add("Teammate", quo_id="US2", first_seen=at(1))
    same = {"email": "a@example.com", "role": "member"}
    add("TeammateState", teammate=ada, since=at(1), until=at(3), search_text="a@example.com a@example.com",
        name_key="a@example.com", **same | {"role": "owner"})  # fmt: skip
    add("TeammateState", teammate=ada, since=at(3), first_name="Ada", search_text="ada a@example.com",
        name_key="ada", **same)  # fmt: skip
    add("TeammateState", teammate=bea, since=at(1), last_name="Béa", search_text="bea a@example.com",
        name_key="bea", **same)  # fmt: skip
    desk, abroad, gone = (
        add("PhoneNumber", quo_id=f"PN{index}", first_seen=at(1), recorded_at=at(3), fingerprint="f" * 32)
        for index in (1, 2, 3)
    )
    type(gone)._default_manager.filter(pk=gone.pk).update(gone_at=at(3), seen_until=at(1), recorded_at=at(1))
    state(desk, 1, 3, "Before", number="+14155550100", search_text="before 1234 +14155550100")
    state(desk, 3, None, "After", number="+14155550100", search_text="after 1234 +14155550100",
          forward="(604) 555-0100")  # fmt: skip
    state(abroad, 1, None, "Abroad", number="+448081570192", search_text="abroad 1234 +448081570192",
          calling_ca="unrestricted")  # fmt: skip
    state(gone, 1, 3, "Gone", number="+18005550100", search_text="gone 1234 +18005550100")
    for number, since, until, role in ((desk, 1, 3, "owner"), (desk, 3, None, "member"), (gone, 1, 3, "owner")):
        add("Assignment", phone_number=number, teammate=ada, since=at(since), until=until and at(until),
            role=role, group_id="GR1")  # fmt: skip
    user = add(
        "accounts.User", email="ann@example.com", password="hashed", name="Ann", is_staff=True, is_superuser=True
    )
    add("accounts.User", email="zoe@example.com", password="", is_active=False)
    group = add("auth.Group", name="Reception")
    user.groups.add(group)


def fill_0_2_0(apps: Apps) -> None:
    """Add the data of 0.1.0 with the columns that 0.2.0 derives, saved filters, chosen columns and a second factor."""
    fill_0_1_0(apps)

    def model(label: str) -> Any:
        return apps.get_model(label)._default_manager

    for name, (kind, country, forward_number) in DERIVED.items():
        states = model("numbers.NumberState").filter(name=name)
        states.update(kind=kind, country=country, forward_number=forward_number)
    for state in model("numbers.NumberState").filter(until=None):
        of_teammates = "ada a@example.com" if state.name == "After" else ""
        model("numbers.SearchText").create(
            phone_number_id=state.phone_number_id, own=state.search_text, teammates=of_teammates
        )
    model("numbers.Sync").create(
        scope="teammate", subject="US1", started_at=at(5), observed_at=at(5), ended_at=at(5), outcome="succeeded",
        mismatches=[{"sentence": "Odd.", "numbers": ["PN1"]}],
    )  # fmt: skip
    model("numbers.LastAnswer").create(observed_at=at(3), digests='{"PN1": "d"}')
    ann = model("accounts.User").get(email="ann@example.com")
    model("numbers.SavedFilter").create(owner=ann, name="Abroad", code="abcdefgh", query="calling_intl=allowed")
    model("numbers.ShownColumns").create(user=ann, columns=["name", "number"])
    model("mfa.Authenticator").create(user=ann, type="totp", data={"secret": "hashed"})
    model("accounts.AccessEvent").create(at=at(4), event="exported", email=ann.email, user_id=ann.pk, detail="CSV")


# The last migrations of every released version, and the function that fills its tables. Each release adds itself.
RELEASES: dict[str, tuple[dict[str, str], Callable[[Apps], None]]] = {
    "0.1.0": (
        {
            "account": "0009_emailaddress_unique_primary_email",
            "accounts": "0001_initial",
            "admin": "0003_logentry_add_action_flag_choices",
            "auth": "0012_alter_user_first_name_max_length",
            "contenttypes": "0002_remove_content_type_name",
            "numbers": "0001_the_memory",
            "sessions": "0001_initial",
        },
        fill_0_1_0,
    ),
    "0.2.0": (
        {
            "account": "0009_emailaddress_unique_primary_email",
            "accounts": "0004_access_log_never_replaced",
            "admin": "0003_logentry_add_action_flag_choices",
            "auth": "0012_alter_user_first_name_max_length",
            "contenttypes": "0002_remove_content_type_name",
            "mfa": "0003_authenticator_type_uniq",
            "numbers": "0012_audited_from_an_index",
            "sessions": "0001_initial",
            "socialaccount": "0006_alter_socialaccount_extra_data",
        },
        fill_0_2_0,
    ),
}
# Later versions dropped this cache, which no page showed.
DROPPED = {"numbers.LastAnswer"}
# number, forward → kind, country, forward in E.164, for every state above
DERIVED = {
    "Before": ("local", "US", ""),
    "After": ("local", "US", "+16045550100"),
    "Abroad": ("toll-free", "GB", ""),
    "Gone": ("toll-free", "US", ""),
}


@contextmanager
def new_default_database(folder: Path) -> Iterator[None]:
    """Make an empty database the default one."""
    if connection.vendor == "sqlite":
        with opened(folder / "released.sqlite3"):
            yield
        return
    default = connections[DEFAULT_DB_ALIAS]
    with default.cursor() as cursor:
        cursor.execute("CREATE DATABASE released")
    released = default.copy(DEFAULT_DB_ALIAS)
    released.settings_dict["NAME"] = "released"
    connections[DEFAULT_DB_ALIAS] = released
    try:
        yield
    finally:
        released.close()
        connections[DEFAULT_DB_ALIAS] = default
        with default.cursor() as cursor:
            cursor.execute("DROP DATABASE released")


def all_rows(apps: Apps) -> Rows:
    return {
        model._meta.label: {row["id"]: row for row in model._base_manager.values()}
        for model in apps.get_models(include_auto_created=True)
        if any(field.name == "id" for field in model._meta.local_fields)
    }


@pytest.fixture(scope="module", params=RELEASES)
def before(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Rows]:
    """Return the rows of a filled database of a released version, after making it the default one and migrating it."""
    last, fill = RELEASES[request.param]
    with django_db_blocker.unblock(), new_default_database(tmp_path_factory.mktemp("released")):
        executor = MigrationExecutor(connection)
        executor.migrate(list(last.items()))
        apps: Apps = executor.loader.project_state(list(last.items())).apps
        fill(apps)
        rows = all_rows(apps)
        call_command("migrate", verbosity=0, interactive=False)
        yield rows


def test_an_upgrade_loses_nothing(before: Rows) -> None:
    assert all(before[f"numbers.{name}"] for name in ("PhoneNumber", "NumberState", "Assignment", "Sync"))
    executor = MigrationExecutor(connection)
    after = all_rows(executor.loader.project_state(executor.loader.graph.leaf_nodes()).apps)
    for table in before.keys() - DROPPED:
        for pk, row in before[table].items():
            assert {name: after[table][pk][name] for name in row} == row, table


@pytest.mark.usefixtures("before")
def test_an_upgrade_fills_the_derived_columns() -> None:
    states = NumberState.objects.values_list("name", "kind", "country", "forward_number")
    assert {name: tuple(derived) for name, *derived in states} == DERIVED


@pytest.mark.usefixtures("before")
def test_an_upgrade_marks_numbers_with_a_new_restriction_as_unusual() -> None:
    odd = '[["calling.CA","value","odd",""]]'
    assert set(NumberState.objects.values_list("name", "unidentified", "oddities")) == {
        ("Before", 0, odd),
        ("After", 0, odd),
        ("Abroad", 0, ""),
        ("Gone", 0, odd),
    }


@pytest.mark.usefixtures("before")
def test_search_works_after_an_upgrade() -> None:
    assert_search_current()
    found = [
        [state.name for state in search_numbers(numbers_at(NOW), word, NOW)]
        for word in ("after", "before", "gone", "6045", "beá")
    ]
    assert found == [["After"], [], [], ["After"], []]
    assert [state.last_name for state in search_teammates("bea", NOW)] == ["Béa"]


@pytest.mark.usefixtures("before")
def test_all_invariants_hold_after_an_upgrade() -> None:
    assert list(breaches()) == []
    assert MigrationExecutor(connection).loader.applied_migrations.keys() >= set(
        MigrationExecutor(connection).loader.graph.leaf_nodes()
    )


@pytest.mark.usefixtures("before")
def test_every_model_change_has_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
