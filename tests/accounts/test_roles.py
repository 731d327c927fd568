"""The permissions of each role, and how accounts get a role."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.roles import Role, give_role, role_of
from tests.support.accounts import EMAIL, PASSWORD

READ = {"numbers.view_phonenumber"}
MANAGE = READ | {"numbers.ask_quo", "numbers.share_savedfilter"}
PEOPLE = {"accounts.view_user", "accounts.add_user", "accounts.change_user", "accounts.delete_user"}
ALL = {Role.VIEWER: READ, Role.MANAGER: MANAGE, Role.ADMINISTRATOR: MANAGE | PEOPLE | {"accounts.view_accessevent"}}


def reloaded(user: User) -> User:
    """Return the user without cached permissions, as in the next request."""
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("role", Role)
def test_a_role_gives_exactly_its_permissions(user: User, role: Role) -> None:
    give_role(user, role)

    assert reloaded(user).get_all_permissions() == ALL[role]


def test_only_administrators_can_open_the_administration(user: User) -> None:
    for role in (Role.ADMINISTRATOR, Role.MANAGER, Role.VIEWER):
        give_role(user, role)

        assert reloaded(user).is_staff == (role == Role.ADMINISTRATOR)


def test_a_new_role_replaces_the_old_one(user: User) -> None:
    give_role(user, Role.ADMINISTRATOR)
    give_role(user, Role.VIEWER)

    assert role_of(reloaded(user)) == Role.VIEWER


def test_of_several_roles_the_highest_counts(user: User) -> None:
    user.groups.set(Group.objects.filter(name__in=["viewer", "manager"]))

    assert role_of(user) == Role.MANAGER


def test_a_superuser_is_an_administrator(administrator: User) -> None:
    assert role_of(administrator) == Role.ADMINISTRATOR


def test_a_new_account_has_no_role(user: User) -> None:
    assert role_of(user) is None
    assert user.get_all_permissions() == set()


def test_permissions_of_single_users_are_ignored(user: User) -> None:
    user.user_permissions.set(Permission.objects.all())

    assert reloaded(user).get_all_permissions() == set()


def test_the_next_migration_resets_roles_that_were_changed_by_hand(user: User) -> None:
    give_role(user, Role.VIEWER)
    Group.objects.get(name="viewer").permissions.set(Permission.objects.all())
    Group.objects.filter(name="manager").delete()

    call_command("migrate", verbosity=0)

    assert reloaded(user).get_all_permissions() == READ
    assert Group.objects.filter(name="manager").exists()


def test_permission_checks_take_one_query(user: User, django_assert_num_queries: object) -> None:
    give_role(user, Role.MANAGER)
    manager = reloaded(user)

    with django_assert_num_queries(1):  # type: ignore[operator]
        assert manager.has_perm("numbers.ask_quo")
        assert not manager.has_perm("accounts.change_user")


@pytest.mark.parametrize("address", ["/", "/numbers/", "/status/", "/numbers.csv", "/numbers/PN/accounts/1/"])
def test_a_user_without_a_role_gets_403_and_advice(client: Client, user: User, address: str) -> None:
    client.force_login(user)

    response = client.get(address)

    assert response.status_code == 403
    assert "this account has no role yet. Ask the administrator" in response.content.decode()


def test_a_user_without_a_role_can_change_the_password_and_sign_out(client: Client, user: User) -> None:
    client.force_login(user)

    assert client.get("/accounts/password/change/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302


# Accounts from before there were roles

migration = import_module("accounts.migrations.0003_roles")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("flags", "permission", "role"),
    [
        ({}, "", Role.MANAGER),
        ({"is_superuser": True, "is_staff": True}, "", Role.ADMINISTRATOR),
        ({"is_superuser": True}, "", Role.ADMINISTRATOR),
        ({"is_staff": True}, "", Role.MANAGER),
        ({"is_staff": True}, "change_user", Role.ADMINISTRATOR),
        ({}, "change_user", Role.MANAGER),
    ],
)
def test_an_older_account_gets_the_role_with_its_earlier_permissions(
    flags: dict[str, bool], permission: str, role: Role
) -> None:
    user = User.objects.create_user(EMAIL, PASSWORD, **flags)
    user.user_permissions.set(Permission.objects.filter(codename=permission))

    migration.give_roles(apps, SimpleNamespace(connection=connection))

    assert role_of(reloaded(user)) == role
    assert reloaded(user).is_staff == (role == Role.ADMINISTRATOR)
