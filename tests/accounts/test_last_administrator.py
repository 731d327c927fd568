"""There is always an administrator, even if two of them change each other's account at the same moment."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.db import connection, connections
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from accounts.admin import LAST
from accounts.models import AccessEvent, User
from accounts.roles import Role, administrators_who_can_sign_in, give_role, set_role_permissions
from tests.support.accounts import PASSWORD, sign_in

ISSUER = "https://login.example.com"
CHANGES: dict[str, dict[str, str]] = {
    "demoted": {"role": "viewer", "is_active": "on"},
    "deactivated": {"role": "administrator"},
    "deleted": {"post": "yes"},
    "left without a way in": dict.fromkeys(("usable_password", "unset-password"), "false"),
}
PAGES = {"deleted": "delete", "left without a way in": "password"}


def change(by: Client, user: User, kind: str) -> Any:
    page = PAGES.get(kind, "change")
    return by.post(f"/admin/accounts/user/{user.pk}/{page}/", {"email": user.email, "name": "", **CHANGES[kind]})


def create_administrator(name: str, *, is_superuser: bool = False) -> User:
    user = User.objects.create_user(f"{name}@example.com", PASSWORD, is_superuser=is_superuser)
    give_role(user, Role.ADMINISTRATOR)
    return user


@contextmanager
def open_to_threads(folder: Path) -> Iterator[None]:
    """Let the connections of other threads find the current rows: SQLite's tests run in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    file = folder / "shared.sqlite3"
    with closing(sqlite3.connect(file)) as copy:
        connection.connection.backup(copy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connections.settings["default"], "NAME", str(file))
        yield


def in_threads(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same time, each with its own connection to the database."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def somebody_manages_people() -> bool:
    """Return whether Ann or Bob can sign in and open the list of accounts."""
    for name in ("ann", "bob"):
        browser = Client()
        sign_in(browser, f"{name}@example.com")
        if browser.get("/admin/accounts/user/").status_code == 200:
            return True
    return False


@pytest.mark.parametrize("second", CHANGES)
@pytest.mark.parametrize("first", CHANGES)
def test_two_administrators_cannot_remove_each_other_at_the_same_moment(
    transactional_db: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    second: str,
) -> None:
    set_role_permissions("default")  # an earlier test may have emptied the tables
    ann = create_administrator("ann", is_superuser=True)
    bob = create_administrator("bob")
    browsers = Client(), Client()
    for browser, user in zip(browsers, (ann, bob), strict=True):
        browser.force_login(user)
    both_are_allowed = Barrier(2, timeout=20)
    has_permission = admin.site.has_permission

    def wait_for_the_other(request: HttpRequest) -> bool:
        allowed = has_permission(request)
        if not hasattr(request, "has_waited"):
            request.has_waited = True  # type: ignore[attr-defined]
            both_are_allowed.wait()
        return allowed

    monkeypatch.setattr(admin.site, "has_permission", wait_for_the_other)

    with open_to_threads(tmp_path):
        in_threads(lambda: change(browsers[0], bob, first), lambda: change(browsers[1], ann, second))

        monkeypatch.undo()
        assert in_threads(somebody_manages_people) == [True]


@pytest.mark.parametrize("kind", CHANGES)
def test_the_refusal_undoes_the_change_and_says_why(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    ann, bob = create_administrator("ann"), create_administrator("bob")
    client.force_login(ann)

    def lock(*_arguments: Any) -> None:
        User.objects.filter(pk=ann.pk).update(password="!")  # as if Bob had been faster

    monkeypatch.setattr("accounts.admin.lock_administrators", lock)
    response = change(client, bob, kind)
    User.objects.filter(pk=ann.pk).update(password=ann.password)

    assert response.status_code == 302
    assert LAST in client.get(response.headers["Location"]).content.decode()
    bob.refresh_from_db()
    assert (bob.is_active, bob.is_staff, bob.has_usable_password()) == (True, True, True)
    assert not AccessEvent.objects.filter(event="account_changed").exists()


@pytest.mark.parametrize("kind", CHANGES)
def test_an_administrator_can_be_removed_while_another_is_left(client: Client, db: None, kind: str) -> None:
    ann, bob = create_administrator("ann"), create_administrator("bob")
    client.force_login(ann)

    change(client, bob, kind)

    assert list(administrators_who_can_sign_in()) == [ann]


@pytest.mark.parametrize("meanwhile", ["deleted", "demoted", "deactivated"])
@pytest.mark.parametrize("kind", CHANGES)
def test_who_was_removed_a_moment_before_changes_nothing(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, kind: str, meanwhile: str
) -> None:
    ann, bob, _ = create_administrator("ann"), create_administrator("bob"), create_administrator("carl")
    client.force_login(ann)

    def lock() -> None:
        if meanwhile == "deleted":
            ann.delete()
        elif meanwhile == "demoted":
            give_role(ann, Role.VIEWER)
        else:
            User.objects.filter(pk=ann.pk).update(is_active=False)

    monkeypatch.setattr("accounts.admin.lock_administrators", lock)
    assert change(client, bob, kind).status_code == 403
    assert administrators_who_can_sign_in().filter(pk=bob.pk).exists()


def test_the_only_administrator_keeps_their_password(client: Client, db: None) -> None:
    ann = create_administrator("ann")
    client.force_login(ann)

    response = change(client, ann, "left without a way in")

    assert LAST in client.get(response.headers["Location"]).content.decode()
    assert list(administrators_who_can_sign_in()) == [ann]


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("issuer", ["", ISSUER])
def test_a_company_account_is_a_way_in_while_company_sign_in_is_set_up(
    db: None, settings: Settings, issuer: str, only: bool
) -> None:
    settings.OIDC_ISSUER, settings.OIDC_ONLY = issuer, only
    ann = create_administrator("ann")
    SocialAccount.objects.create(user=ann, provider=ISSUER, uid="1")
    ann.set_unusable_password()
    ann.save()
    assert administrators_who_can_sign_in().exists() == bool(issuer)


def test_a_password_is_no_way_in_when_only_company_sign_in_is_allowed(db: None, settings: Settings) -> None:
    settings.OIDC_ISSUER, settings.OIDC_ONLY = ISSUER, True
    create_administrator("ann")
    assert not administrators_who_can_sign_in().exists()


def test_a_contradictory_password_form_changes_and_records_nothing(client: Client, db: None) -> None:
    ann, bob = create_administrator("ann"), create_administrator("bob")
    client.force_login(ann)

    client.post(f"/admin/accounts/user/{bob.pk}/password/", dict.fromkeys(["usable_password"], "false"))

    assert set(administrators_who_can_sign_in()) == {ann, bob}
    assert not AccessEvent.objects.filter(event="account_changed").exists()


def test_the_access_log_says_that_a_password_was_taken_away(client: Client, db: None) -> None:
    ann, bob = create_administrator("ann"), create_administrator("bob")
    client.force_login(ann)

    change(client, bob, "left without a way in")

    assert AccessEvent.objects.get(event="account_changed").detail == "bob@example.com changed: password taken away"
