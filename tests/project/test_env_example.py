"""`.env.example` matches the list of settings."""

import pytest
from dotenv.parser import Binding, parse_stream

from quo_admin import env

EXAMPLE = env.BASE_DIR / ".env.example"


def bindings() -> list[Binding]:
    with EXAMPLE.open(encoding="utf-8") as file:
        return [binding for binding in parse_stream(file) if binding.key]


def test_it_has_every_setting_in_order_with_its_default() -> None:
    assert [(line.key, line.value) for line in bindings()] == [(one.name, one.default) for one in env.SETTINGS]


@pytest.mark.parametrize("setting", env.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_its_help_as_a_comment(setting: env.Setting) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    comment = lines[lines.index(f"{setting.name}={setting.default}") - 1]
    assert comment == f"# {setting.help}" + (f" Or {setting.name}_FILE." if setting.secret else "")


def test_a_copy_of_it_changes_nothing() -> None:
    assert env.read({}, EXAMPLE).values == env.read({}, EXAMPLE.with_name("no-such-file")).values
