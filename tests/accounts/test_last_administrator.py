"""There is always an administrator, even if two of them change each other's account at the same moment."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.http import HttpRequest
from django.test import Client

from accounts.admin import LAST
from accounts.models import AccessEvent, User
from accounts.roles import Role, give_role, require_administrator, set_role_permissions
from tests.support.accounts import PASSWORD

CHANGES: dict[str, dict[str, str]] = {
    "demoted": {"role": "viewer", "is_active": "on"},
    "deactivated": {"role": "administrator"},
    "deleted": {"post": "yes"},
}


def change(by: Client, user: User, kind: str) -> Any:
    page = "delete" if kind == "deleted" else "change"
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

        in_threads(require_administrator)


@pytest.mark.parametrize("kind", CHANGES)
def test_the_refusal_undoes_the_change_and_says_why(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    ann, bob = create_administrator("ann"), create_administrator("bob")
    client.force_login(ann)

    def lock(*_arguments: Any) -> None:
        User.objects.filter(pk=ann.pk).update(is_active=False)  # as if Bob had been faster

    monkeypatch.setattr("accounts.admin.lock_administrators", lock)
    response = change(client, bob, kind)
    User.objects.filter(pk=ann.pk).update(is_active=True)

    assert response.status_code == 302
    assert LAST in client.get(response.headers["Location"]).content.decode()
    bob.refresh_from_db()
    assert (bob.is_active, bob.is_staff) == (True, True)
    assert not AccessEvent.objects.filter(event="account_changed").exists()


@pytest.mark.parametrize("kind", CHANGES)
def test_an_administrator_can_be_removed_while_another_is_left(client: Client, db: None, kind: str) -> None:
    ann, bob = create_administrator("ann"), create_administrator("bob")
    client.force_login(ann)

    change(client, bob, kind)

    administrators = Group.objects.get(name=Role.ADMINISTRATOR.value).user_set
    assert not administrators.filter(pk=bob.pk, is_active=True).exists()
