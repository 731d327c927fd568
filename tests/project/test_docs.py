"""The documents agree with the code where a test can check it."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from quo_admin import env
from tests.support import architecture

README = (env.BASE_DIR / "README.md").read_text(encoding="utf-8")
FILES = [*env.BASE_DIR.glob("*.md"), *(env.BASE_DIR / "docs").glob("*.md")]
DOCUMENTS = {file.relative_to(env.BASE_DIR).as_posix(): file.read_text(encoding="utf-8") for file in FILES}
CREATED_LATER = {"data/dev"}


def _code(text: str) -> list[str]:
    """Return the texts between backticks and the indented lines."""
    return [inline or line for inline, line in re.findall(r"`([^`\n]+)`|^ {4}(.+)$", text, re.MULTILINE)]


def _settings_table() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\|", README, re.MULTILINE))


def test_the_readme_lists_every_setting_with_its_default() -> None:
    assert _settings_table() == {setting.name: setting.default for setting in env.SETTINGS}


def test_every_command_in_the_documents_exists() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", "".join(DOCUMENTS.values())))
    assert {"sync", "doctor", "sandbox"} <= named
    assert named <= set(get_commands())


def test_every_make_target_in_the_documents_exists() -> None:
    makefile = (env.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        (name, target)
        for name, text in DOCUMENTS.items()
        for code in _code(text)
        for target in re.findall(r"(?:^|&& |sudo |PORT=\d+ |with-postgres )make ([a-z-]+)", code)
    }
    assert {("README.md", "run"), ("CONTRIBUTING.md", "dev"), ("CONTRIBUTING.md", "format")} <= named
    assert {(name, target) for name, target in named if target not in targets} == set()


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"])
def test_every_path_in_a_document_for_programmers_exists(document: str) -> None:
    code = "\n".join(_code(DOCUMENTS[document]))
    words = re.findall(r"(?<![\w/.-])(?:[\w.-]+(?:/[\w.-]*)+|[\w-]+\.(?:md|py|toml|txt)\b)", code)
    paths = {word for word in words if not word.startswith(".venv/")} - CREATED_LATER
    assert len(paths) > 10
    assert {path for path in paths if not (env.BASE_DIR / path).exists()} == set()


def _links() -> list[tuple[Path, str]]:
    return [
        (file, link)
        for file in FILES
        for link in re.findall(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("file", "link"), _links())
def test_every_linked_file_exists(file: Path, link: str) -> None:
    assert (file.parent / link).is_file()


def test_every_picture_is_used() -> None:
    linked = {(file.parent / link).resolve() for file, link in _links()}
    assert set((env.BASE_DIR / "docs").glob("*.png")) <= linked


def test_the_picture_of_the_architecture_is_drawn_from_the_code() -> None:
    assert architecture.PICTURE.read_text(encoding="utf-8") == architecture.picture(), "run make architecture"
