"""The README tells the truth where a machine can tell."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from quo_admin import env

README = (env.BASE_DIR / "README.md").read_text(encoding="utf-8")
DOCS = "".join(file.read_text(encoding="utf-8") for file in (env.BASE_DIR / "docs").glob("*.md"))


def _rows() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\|", README, re.MULTILINE))


def test_the_readme_names_every_setting_with_its_default() -> None:
    assert _rows() == {setting.name: setting.default for setting in env.SETTINGS}


def test_every_command_that_the_documents_name_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", README + DOCS))
    assert {"sync", "doctor", "sandbox"} <= named
    assert named <= set(get_commands())


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    makefile = (env.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z]+)`?$", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def _links() -> list[tuple[Path, str]]:
    files = [env.BASE_DIR / "README.md", *(env.BASE_DIR / "docs").glob("*.md")]
    return [
        (file, link)
        for file in files
        for link in re.findall(r"\]\((?!https?://)([^)#]+)\)", file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("file", "link"), _links())
def test_every_file_that_a_document_links_to_is_there(file: Path, link: str) -> None:
    assert (file.parent / link).is_file()


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(file.parent / link).resolve() for file, link in _links()}
    assert set((env.BASE_DIR / "docs").glob("*.png")) <= shown
