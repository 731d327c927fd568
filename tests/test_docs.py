"""The README tells the truth where a machine can tell."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from quo_admin import env

README = (env.BASE_DIR / "README.md").read_text(encoding="utf-8")


def _rows() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\|", README, re.MULTILINE))


def test_the_readme_names_every_setting_with_its_default() -> None:
    assert _rows() == {setting.name: setting.default for setting in env.SETTINGS}


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z]+)", README))
    assert {"sync", "doctor", "sandbox"} <= named
    assert named <= set(get_commands())


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    makefile = (env.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)`?$", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?://)([^)#]+)\)", README))
def test_every_file_that_the_readme_links_to_is_there(link: str) -> None:
    assert (Path(env.BASE_DIR) / link).is_file()
