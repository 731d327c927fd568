"""When the demo is shown: if asked for, or unasked on this machine alone without a key and an office's database."""

import pytest

from quo_admin import env
from tests.support import settings_read as evaluating
from tests.support.settings_read import Evaluate

evaluate = evaluating.evaluate

KEY = {"QUO_API_KEY": "the-key"}
POSTGRES = {"DATABASE_URL": "postgres://mara@db/quo"}
SQLITE = {"DATABASE_URL": "sqlite:////srv/quo.sqlite3"}
PUBLIC = {"SITE_URL": "https://phones.example.com"}
EVERYWHERE = {"HOST": "0.0.0.0"}  # noqa: S104 - a value of the setting


@pytest.mark.parametrize(
    ("environ", "is_demo"),
    [
        ({}, True),
        ({"SITE_URL": "http://localhost:8000"}, True),
        ({"SITE_URL": "https://localhost"}, True),
        ({"SITE_URL": "http://[::1]:8000", "HOST": "::1"}, True),
        ({"HOST": "127.0.0.2"}, True),
        (KEY, False),
        (POSTGRES, False),
        (SQLITE, False),
        (PUBLIC, False),
        ({"SITE_URL": "http://192.168.1.5:8000"}, False),
        ({"SITE_URL": "https://localhost.example.com"}, False),
        (EVERYWHERE, False),
        ({"HOST": "::"}, False),
        ({"HOST": "office.example.com"}, False),
    ],
)
@pytest.mark.parametrize("unset", [{}, {"DEMO": ""}, {"DEMO": " "}])
def test_unasked_the_demo_is_only_shown_where_nobody_takes_it_for_real(
    evaluate: Evaluate, environ: dict[str, str], unset: dict[str, str], is_demo: bool
) -> None:
    assert evaluate(**environ, **unset)["DEMO"] is is_demo


@pytest.mark.parametrize("environ", [{}, POSTGRES, SQLITE, PUBLIC, EVERYWHERE, POSTGRES | PUBLIC | EVERYWHERE])
def test_demo_on_or_off_decides(evaluate: Evaluate, environ: dict[str, str]) -> None:
    assert evaluate(**environ, DEMO="on")["DEMO"] is True
    assert evaluate(**environ, DEMO="off")["DEMO"] is False


def test_with_a_key_the_demo_may_be_off_but_not_on(evaluate: Evaluate) -> None:
    assert evaluate(**KEY, DEMO="off")["DEMO"] is False
    with pytest.raises(env.SettingsError, match="DEMO is on and QUO_API_KEY is set: remove DEMO to see your own"):
        evaluate(**KEY, DEMO="on")


@pytest.mark.parametrize(
    ("environ", "file"),
    [
        ({}, "demo.sqlite3"),
        ({"DEMO": "on"} | PUBLIC, "demo.sqlite3"),
        ({"DEMO": "off"}, "quo-admin.sqlite3"),
        (PUBLIC, "quo-admin.sqlite3"),
        (KEY, "quo-admin.sqlite3"),
    ],
)
def test_only_the_demo_has_the_demos_file(evaluate: Evaluate, environ: dict[str, str], file: str) -> None:
    assert evaluate(**environ)["DATABASES"]["default"]["NAME"].name == file
