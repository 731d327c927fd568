from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.support.account_commands import manage
from tests.support.accounts import ADMIN_EMAIL, EMAIL, PASSWORD


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
def test_createsuperuser_prompts_for_email_and_password_only() -> None:
    with (
        patch("builtins.input", side_effect=["Boss@Example.com"]) as prompt,
        patch("getpass.getpass", return_value=PASSWORD),
    ):
        call_command("createsuperuser", stdin=Terminal(), stdout=StringIO())

    assert [call.args[0] for call in prompt.call_args_list] == ["Email address: "]
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == (ADMIN_EMAIL, True, True)
    assert user.check_password(PASSWORD)


@pytest.mark.django_db
def test_without_prompts_createsuperuser_reads_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "Boss@Example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", interactive=False, verbosity=0)

    assert User.objects.get(email=ADMIN_EMAIL).check_password(PASSWORD)


def test_an_email_taken_in_another_case_is_refused(user: User) -> None:
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", email=EMAIL.upper(), interactive=False)


@pytest.mark.django_db
def test_an_empty_password_in_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "")

    with pytest.raises(CommandError, match="empty"):
        call_command("createsuperuser", email=EMAIL, interactive=False)


def test_createsuperuser_works_as_a_process(tmp_path: Path) -> None:
    assert manage(tmp_path, "migrate", "accounts", "--verbosity=0").returncode == 0

    result = manage(
        tmp_path,
        "createsuperuser",
        "--noinput",
        DJANGO_SUPERUSER_EMAIL=ADMIN_EMAIL,
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("Superuser created successfully.\n")
