"""`manage.py reset_mfa` and `manage.py unlink_company`."""

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from tests.support.account_commands import manage
from tests.support.accounts import EMAIL, is_signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user_with_second_factors(user: User) -> User:
    for kind in ("totp", "recovery_codes", "webauthn"):
        Authenticator.objects.create(user=user, type=kind, data={})
    return user


def test_reset_mfa_deletes_every_second_factor_of_one_user(
    client: Client, user_with_second_factors: User, administrator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    Authenticator.objects.create(user=administrator, type="totp", data={})
    client.force_login(user_with_second_factors)

    call_command("reset_mfa", EMAIL.upper())

    assert list(Authenticator.objects.values_list("user", flat=True)) == [administrator.pk]
    assert not is_signed_in(client)
    assert capsys.readouterr().out == (
        "ann@example.com now signs in with the password alone, and is signed out everywhere.\n"
    )


def test_reset_mfa_says_if_there_was_no_second_step(user: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("reset_mfa", EMAIL)

    assert capsys.readouterr().out == "ann@example.com had no second step; they are signed out everywhere.\n"


def test_unlink_company_deletes_the_link(client: Client, user: User, capsys: pytest.CaptureFixture[str]) -> None:
    SocialAccount.objects.create(user=user, provider="https://login.example.com", uid="1")
    client.force_login(user)

    call_command("unlink_company", EMAIL)
    call_command("unlink_company", EMAIL)

    assert not SocialAccount.objects.exists()
    assert not is_signed_in(client)
    assert capsys.readouterr().out.splitlines() == [
        "ann@example.com is linked to no company account now, and is signed out everywhere.",
        "ann@example.com was linked to no company account; they are signed out everywhere.",
    ]


@pytest.mark.parametrize("command", ["reset_mfa", "unlink_company"])
def test_an_unknown_address_is_refused(command: str) -> None:
    with pytest.raises(CommandError, match=r"^Nobody has an account with this email address\.$"):
        call_command(command, "nobody@example.com")


def test_a_failed_command_exits_with_an_error(tmp_path: Path) -> None:
    migrated = manage(tmp_path, "migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr

    failed = manage(tmp_path, "reset_mfa", "nobody@example.com")

    assert failed.returncode == 1
    assert failed.stderr == "CommandError: Nobody has an account with this email address.\n"
