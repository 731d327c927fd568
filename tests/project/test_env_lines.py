"""Lines of the settings file that have no effect are named, and never quoted."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from numbers.operations import doctor
from numbers.operations.readiness import Check
from quo_admin import env

NOTICE = "Line 2 of .env has no =, so it sets nothing."


def notices(text: str, folder: Path) -> list[str]:
    (folder / ".env").write_text(text)
    return list(env.read({}, folder / ".env").notices)


@pytest.mark.parametrize(
    ("misspelled", "meant"),
    [
        ("QUO_APIKEY", "QUO_API_KEY"),
        ("QUO_API_KEYS", "QUO_API_KEY"),
        ("QUOAPIKEY", "QUO_API_KEY"),
        ("API_KEY", "QUO_API_KEY"),
        ("QUO-API-KEY", "QUO_API_KEY"),
        ("quo_api_key", "QUO_API_KEY"),
        ("QUO_APIKEY_FILE", "QUO_API_KEY_FILE"),
        ("SITEURL", "SITE_URL"),
        ("SITE_URL_FILE", "SITE_URL"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATADIR", "DATA_DIR"),
        ("TIMEZONE", "TIME_ZONE"),
        ("Port", "PORT"),
        ("HTTP_PROXY", "HTTPS_PROXY"),
        ("https_proxy", "HTTPS_PROXY"),
        ("SYNC_INTERVALL", "SYNC_INTERVAL"),
        ("POSTGRES_PASSWORT", "POSTGRES_PASSWORD"),
    ],
)
def test_a_misspelled_setting_is_named_with_the_one_that_is_meant(misspelled: str, meant: str, tmp_path: Path) -> None:
    assert notices(f"\n# the office\n\n{misspelled}=any\n", tmp_path) == [
        f"{misspelled} in line 4 of .env sets nothing that Quo Admin knows. Is {meant} meant?"
    ]


@pytest.mark.parametrize(
    "line", ["COLOR=red", "c2VjcmV0LWtleQ==", "DJANGO_SETTINGS_MODULE=other", "ENV_FILE=other", "POSTGRES_HOST=any"]
)
def test_a_line_that_resembles_no_setting_is_named_by_its_number(line: str, tmp_path: Path) -> None:
    assert notices(f"PORT=8001\n{line}\n", tmp_path) == ["Line 2 of .env sets nothing that Quo Admin knows."]


def test_a_name_with_digits_is_not_quoted_because_it_may_be_a_secret(tmp_path: Path) -> None:
    assert notices("QUO_API_KEY7=any\n", tmp_path) == [
        "Line 1 of .env sets nothing that Quo Admin knows. Is QUO_API_KEY meant?"
    ]


@pytest.mark.parametrize("line", ["QUO_API_KEY", "a-pasted-secret", "export PORT", "PORT # 8000"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_without_an_equals_sign_is_named_by_its_number(line: str, end: str, tmp_path: Path) -> None:
    assert notices(f"{end}{line}{end}", tmp_path) == [NOTICE]


def test_a_setting_on_several_lines_is_named_with_the_line_that_counts(tmp_path: Path) -> None:
    assert notices("PORT=8001\nHOST=::1\n\nexport PORT='8002'\nPORT=8003\n", tmp_path) == [
        "PORT is set 3 times in .env: line 5 counts, not line 1, 4."
    ]


def test_a_secret_with_a_file_of_its_own_is_named_if_both_are_set(tmp_path: Path) -> None:
    assert notices(f"SECRET_KEY={'s' * 32}\nSECRET_KEY_FILE=/run/secret\n", tmp_path) == [
        "SECRET_KEY and SECRET_KEY_FILE are both set in .env: SECRET_KEY counts."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeffPORT=8001\r\n# QUO_APIKEY=commented\r\n\r\nHOST = ::1\r\n",
        "COMPOSE_PROFILES=postgres\nPOSTGRES_PASSWORD=any\n",  # for compose.yaml
        "QUO_API_KEY=\nDEBUG=off # for now\n",
    ],
)
def test_lines_that_count_are_not_named(text: str, tmp_path: Path) -> None:
    assert notices(text, tmp_path) == []


def test_a_line_that_cannot_be_read_is_named_without_the_blank_lines_before_it(tmp_path: Path) -> None:
    with pytest.raises(env.SettingsError, match=r"^Line 4 of \.env must look like NAME=value\.$"):
        notices("PORT=8001\n\n\nPORT: 8002\n", tmp_path)


@settings(deadline=None)
@given(
    secret=st.from_regex(r"[a-z0-9]{16,40}={0,2}", fullmatch=True),
    before=st.sampled_from(["", "PORT=8001\n", "x=", "export "]),
)
def test_no_notice_quotes_a_line(secret: str, before: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = notices(f"{before}{secret}\n", tmp_path_factory.mktemp("quoted"))
    assert found
    assert not any(secret.rstrip("=") in notice for notice in found)


def noticed(settings: LazySettings) -> None:
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, notices=(NOTICE,))


def test_the_doctor_finds_a_line_without_effect_wrong(settings: LazySettings) -> None:
    noticed(settings)
    found = next(check for check in doctor.diagnose() if check.subject == "settings file")
    assert found == Check("settings file", False, NOTICE)


def test_the_start_names_a_line_without_effect(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    noticed(settings)

    def in_use(_make_target: str) -> None:
        raise CommandError

    monkeypatch.setattr("numbers.management.commands.run.listen", in_use)
    errors = StringIO()
    with pytest.raises(CommandError):
        call_command("run", stderr=errors)
    assert errors.getvalue() == f"{NOTICE}\n"
