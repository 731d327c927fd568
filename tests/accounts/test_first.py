import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.test import Client
from filelock import FileLock, Timeout
from pytest_django import Settings

from accounts import first
from accounts.first import FIRST_EMAIL, FirstAccount, ensure_first_account
from accounts.models import User
from quo_admin.prepare import keep_once
from tests.support.account_commands import environment, manage
from tests.support.accounts import EMAIL, PASSWORD, is_signed_in, sign_in

UNKNOWN_PASSWORD = FirstAccount(FIRST_EMAIL)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "first-password"


@pytest.mark.django_db
def test_without_accounts_an_administrator_is_created(file: Path) -> None:
    ensure_first_account(file)

    user = User.objects.get()
    assert (user.email, user.is_superuser, user.is_staff) == (FIRST_EMAIL, True, True)


@pytest.mark.django_db
def test_the_returned_credentials_sign_in(file: Path, client: Client) -> None:
    account = ensure_first_account(file)
    assert account.password is not None

    sign_in(client, account.email, account.password)

    assert is_signed_in(client)


@pytest.mark.django_db
def test_every_installation_has_a_different_password(tmp_path: Path) -> None:
    first_install = ensure_first_account(tmp_path / "one")
    User.objects.all().delete()
    second_install = ensure_first_account(tmp_path / "two")

    assert first_install.password != second_install.password


@pytest.mark.django_db
def test_the_password_and_the_email_pass_our_validators(file: Path) -> None:
    account = ensure_first_account(file)

    validate_email(account.email)
    validate_password(account.password or "", User.objects.get())


@pytest.mark.django_db
def test_only_the_owner_can_read_the_password_file(file: Path) -> None:
    account = ensure_first_account(file)

    assert file.read_text() == account.password
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_the_password_is_not_in_the_repr(file: Path) -> None:
    account = ensure_first_account(file)

    assert str(account.password) not in repr(account)


@pytest.mark.django_db
def test_later_starts_return_the_same_credentials(file: Path) -> None:
    assert ensure_first_account(file) == ensure_first_account(file)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_changed_password_is_unknown_and_its_file_is_deleted(file: Path) -> None:
    ensure_first_account(file)
    user = User.objects.get()
    user.set_password(PASSWORD)
    user.save()

    assert ensure_first_account(file) == UNKNOWN_PASSWORD
    assert not file.exists()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"email": EMAIL}, {"is_active": False}])
def test_a_renamed_or_inactive_account_is_not_offered(file: Path, change: dict[str, object]) -> None:
    ensure_first_account(file)
    User.objects.update(**change)

    assert ensure_first_account(file) == UNKNOWN_PASSWORD
    assert not file.exists()


def test_with_accounts_none_is_created(file: Path, user: User) -> None:
    assert ensure_first_account(file) == UNKNOWN_PASSWORD
    assert User.objects.get() == user
    assert not file.exists()


def test_an_inactive_account_counts_as_an_account(file: Path, user: User) -> None:
    User.objects.update(is_active=False)

    assert ensure_first_account(file) == UNKNOWN_PASSWORD
    assert User.objects.get() == user


@pytest.mark.django_db
def test_the_next_start_finishes_one_killed_before_the_account_was_created(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(User.objects, "create_superuser", killed)
        with pytest.raises(KeyboardInterrupt):
            ensure_first_account(file)
    password = file.read_text()

    assert ensure_first_account(file) == FirstAccount(FIRST_EMAIL, password)
    assert User.objects.get().check_password(password)


@pytest.mark.django_db
def test_a_start_killed_before_the_password_was_written_leaves_no_account(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(first, "keep_once", killed)
    with pytest.raises(KeyboardInterrupt):
        ensure_first_account(file)

    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe\x00"])
def test_a_damaged_file_is_replaced_by_a_strong_password(file: Path, content: bytes) -> None:
    file.write_bytes(content)

    account = ensure_first_account(file)

    assert account.password is not None
    assert len(account.password) == 19
    assert file.read_text() == account.password


@pytest.mark.django_db
def test_an_account_created_by_another_machine_meanwhile_is_unchanged(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create_elsewhere(path: Path, value: str) -> str:
        User.objects.create_superuser(FIRST_EMAIL, PASSWORD)
        return keep_once(path, value)

    monkeypatch.setattr(first, "keep_once", create_elsewhere)

    assert ensure_first_account(file) == UNKNOWN_PASSWORD
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.django_db
def test_only_one_start_at_a_time_creates_the_account(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_start(path: Path, value: str) -> str:
        with pytest.raises(Timeout), FileLock(f"{path}.lock", timeout=0):
            pass
        return keep_once(path, value)

    monkeypatch.setattr(first, "keep_once", other_start)

    assert ensure_first_account(file).password == file.read_text()


START = """
import sys
import django
django.setup()
from pathlib import Path
from accounts.first import ensure_first_account
print("ready", flush=True)
input()
print(ensure_first_account(Path(sys.argv[1])).password)
"""


def test_two_simultaneous_starts_return_the_same_password(tmp_path: Path, file: Path) -> None:
    assert manage(tmp_path, "migrate", "accounts", "--verbosity=0").returncode == 0
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", START, os.fspath(file)],
            env=environment(tmp_path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for start in starts:
        assert start.stdout is not None
        assert start.stdout.readline() == "ready\n"
    for start in starts:
        assert start.stdin is not None
        start.stdin.write("\n")
        start.stdin.flush()
    passwords = [start.communicate(timeout=60)[0].strip() for start in starts]

    assert passwords[0] == passwords[1] == file.read_text()


# A password that nobody used


@pytest.mark.parametrize(("days", "works"), [(6.9, True), (7.1, False)])
@pytest.mark.django_db
def test_a_first_password_that_nobody_used_expires_after_seven_days(
    file: Path, client: Client, settings: Settings, days: float, works: bool
) -> None:
    settings.FIRST_PASSWORD_FILE = file
    password = ensure_first_account(file).password or ""
    os.utime(file, times=(time.time() - days * 24 * 3600,) * 2)

    sign_in(client, FIRST_EMAIL, password)

    assert is_signed_in(client) is works


@pytest.mark.django_db
def test_the_next_start_replaces_an_expired_password(file: Path, client: Client, settings: Settings) -> None:
    settings.FIRST_PASSWORD_FILE = file
    expired = ensure_first_account(file).password
    os.utime(file, times=(0, 0))

    renewed = ensure_first_account(file).password

    assert renewed not in {None, expired}
    sign_in(client, FIRST_EMAIL, renewed or "")
    assert is_signed_in(client)


@pytest.mark.parametrize("change", ["used", "changed"])
@pytest.mark.django_db
def test_a_password_that_was_used_or_changed_does_not_expire(
    file: Path, client: Client, settings: Settings, change: str
) -> None:
    settings.FIRST_PASSWORD_FILE = file
    password = ensure_first_account(file).password or ""
    os.utime(file, times=(0, 0))
    user = User.objects.get()
    if change == "used":
        user.last_login = user.date_joined
    else:
        user.set_password(password := PASSWORD)
    user.save()

    sign_in(client, FIRST_EMAIL, password)

    assert is_signed_in(client)
