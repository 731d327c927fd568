"""Django's deployment check of our settings."""

import secrets
from pathlib import Path

from quo_admin import env
from tests.support.processes import run_python


def check(folder: Path, **settings: str) -> list[str]:
    key = secrets.token_urlsafe(50)
    run = run_python(env.BASE_DIR, folder, "manage.py", "check", "--deploy", SECRET_KEY=key, **settings)
    return (run.stdout + run.stderr).strip().splitlines()


def test_django_has_no_warnings_about_the_deployment(tmp_path: Path) -> None:
    assert check(tmp_path, SITE_URL="https://phones.example.com") == ["System check identified no issues (3 silenced)."]


def test_without_https_django_warns(tmp_path: Path) -> None:
    assert "security.W012" in "".join(check(tmp_path, SITE_URL="http://phones.example.com"))
