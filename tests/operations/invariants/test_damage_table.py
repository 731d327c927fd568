"""`verify` finds all damage in the table of tests/support/database_damage.py, and warns of what is unusual."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection, transaction

from accounts.access import ON_THE_SERVER, Event, record
from accounts.models import AccessEvent, User
from accounts.roles import Role, give_role
from numbers.models import Assignment
from numbers.operations.invariants import Breach, breaches, warnings
from tests.support.accounts import PASSWORD
from tests.support.corruptions import CORRUPTIONS, PREVENTED_CORRUPTIONS
from tests.support.database_damage import DAMAGE, UNUSUAL, Damage
from tests.support.databases import only_postgresql, only_sqlite
from tests.support.records import Syncer, number, teammate


def found_after(damage: Damage, find: Callable[[], Iterable[Breach]] = breaches) -> list[str]:
    with transaction.atomic():
        damage.inflict()
        found = [str(breach) for breach in find()]
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.name)
def test_damage_is_found(history: None, damage: Damage) -> None:
    found = found_after(damage)
    assert any(line.startswith(damage.line) for line in found), found


@pytest.mark.parametrize("damage", UNUSUAL, ids=lambda damage: damage.name)
def test_what_is_unusual_is_a_warning(history: None, damage: Damage) -> None:
    assert found_after(damage) == []
    found = found_after(damage, warnings)
    assert any(line.startswith(damage.line) for line in found), found


def test_the_tables_have_forty_kinds_for_both_databases() -> None:
    assert len({damage.name for damage in DAMAGE}) >= 40
    assert len(DAMAGE) + len(CORRUPTIONS) + len(PREVENTED_CORRUPTIONS) > 100


@only_postgresql
def test_a_missing_search_index_is_found_and_rebuilt(history: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX numbers_searchtext_trigrams")
    (found,) = breaches()
    assert str(found).startswith("schema: numbers_searchtext: the index numbers_searchtext_trigrams is missing")
    assert found.what.endswith("Run manage.py rebuild.")


@pytest.mark.parametrize("statement", ["CREATE TABLE songs (name text)", "CREATE VIEW songs AS SELECT 1 AS one"])
def test_a_foreign_table_is_a_breach_in_a_file_and_a_warning_on_a_server(history: None, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    found, other = list(breaches()), list(warnings())
    (breach,) = found if connection.vendor == "sqlite" else other
    assert (breach.which, len(found) + len(other)) == ("songs", 1)


@only_sqlite
@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("seen", "'many'", "its seen is no number"),
        ("demo", "7", "its demo is neither true nor false"),
        ("held_digest", "printf('%99d', 1)", "its held_digest is no text that can be read, or is too long"),
    ],
)
def test_a_value_of_another_kind_is_found(history: None, column: str, value: str, what: str) -> None:
    first = "(SELECT min(id) FROM numbers_sync)"
    damage = Damage(column, (f"UPDATE numbers_sync SET {column} = {value} WHERE id = {first}",), "")  # noqa: S608
    found = found_after(damage)
    assert any(f"{what}" in line for line in found), found


# Warnings


def the_only_warning() -> Breach:
    assert list(breaches()) == []
    (warning,) = warnings()
    return warning


@pytest.fixture
def administrator(history: None) -> User:
    user = User.objects.create_user("ann@example.com", PASSWORD)
    give_role(user, Role.ADMINISTRATOR)
    record(
        Event.ACCOUNT_CHANGED, None, email=ON_THE_SERVER, detail="ann@example.com changed: role, viewer → administrator"
    )
    return user


def test_nothing_unusual_causes_no_warning(administrator: User) -> None:
    assert list(warnings()) == []


@pytest.mark.parametrize("is_superuser", [True, False])
def test_an_administrator_whom_no_log_explains_is_a_warning(administrator: User, is_superuser: bool) -> None:
    eve = User.objects.create_user("eve@example.com", is_superuser=is_superuser)
    if not is_superuser:
        give_role(eve, Role.ADMINISTRATOR)
    assert "the access log does not say who made it one" in str(the_only_warning())


@pytest.mark.parametrize("detail", ["made, an administrator", "made, viewer → administrator", "changed: email, name"])
def test_an_administrator_whom_the_log_explains_is_none(administrator: User, detail: str) -> None:
    User.objects.create_superuser("eve@example.com")
    record(Event.ACCOUNT_CHANGED, None, email=ON_THE_SERVER, detail=f"eve@example.com {detail}")
    assert list(warnings()) == []


def test_a_permission_of_an_account_is_a_warning(administrator: User) -> None:
    administrator.user_permissions.add(Permission.objects.get(codename="delete_user"))
    assert the_only_warning().what == "the account has permissions that no role gives it: accounts.delete_user."


def test_a_group_that_is_no_role_and_gives_permissions_is_a_warning(administrator: User) -> None:
    group = Group.objects.create(name="Others")
    administrator.groups.add(group)
    assert list(warnings()) == []
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    assert the_only_warning().which == "group Others"


def test_an_account_that_opens_the_administration_without_the_role_is_a_warning(administrator: User) -> None:
    User.objects.create_user("eve@example.com", is_staff=True)
    assert the_only_warning().which == "eve@example.com"


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}])
def test_no_administrator_who_can_sign_in_is_a_warning(administrator: User, change: dict[str, Any]) -> None:
    User.objects.update(**change)
    assert the_only_warning().which == "accounts"


def test_warnings_are_printed_and_are_no_failure(administrator: User, capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.update(is_active=False)
    call_command("verify")
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("Warning: somebody can manage people: accounts: no administrator can sign in")
    assert last.startswith("Everything holds")


def test_a_lost_assignment_within_one_state_is_a_warning(syncer: Syncer) -> None:
    ada, bea = teammate("US1"), teammate("US2")
    syncer.sync_all(number("PN1", ada), number("PN2", bea))
    syncer.sync_all(number("PN1", ada, bea), number("PN2", bea))
    syncer.sync_all(number("PN1", ada), number("PN2", bea))
    assert list(warnings()) == []
    Assignment.objects.filter(until__isnull=False).delete()
    assert list(breaches()) == []
    assert [warning.what.partition(",")[0] for warning in warnings()] == ["it counted 1 changed numbers"] * 2


@only_sqlite
@pytest.mark.parametrize(
    ("deleted", "which"), [([1], "line {}"), ([1, 2], "lines {} to {}"), ([4], "line {}"), ([3, 4], "lines {} to {}")]
)
def test_deleted_lines_of_the_access_log_are_a_warning(db: None, deleted: list[int], which: str) -> None:
    for _ in range(5):
        record(Event.EXPORTED, None)
    assert list(warnings()) == []
    keys = list(AccessEvent.objects.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM accounts_accessevent WHERE id = %s", [[keys[place]] for place in deleted])
    told = which.format(*(keys[place] for place in deleted))
    assert the_only_warning().what.startswith(f"{told} must have been deleted")


@only_sqlite
def test_lines_past_their_retention_are_not_missing(db: None) -> None:
    for _ in range(3):
        record(Event.EXPORTED, None)
    AccessEvent.objects.delete_before(AccessEvent.objects.order_by("pk")[1].at)
    assert list(warnings()) == []
