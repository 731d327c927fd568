"""The version is the same in all three places."""

import re
import tomllib
from datetime import date

import pytest

from quo_admin import __version__, env

CHANGELOG = (env.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")


def numbered_sections() -> list[tuple[str, str]]:
    """Return each section's version and date in file order. The date is empty if there is none."""
    return re.findall(r"^## (\d+\.\d+\.\d+)(?: \((.*)\))?$", CHANGELOG, re.MULTILINE)


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_the_newest_section_of_the_changelog_is_the_version() -> None:
    assert numbered_sections()[0][0] == __version__


def test_pyproject_has_the_version() -> None:
    pyproject = tomllib.loads((env.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    assert pyproject["project"]["version"] == __version__


def test_the_changelog_goes_from_the_newest_version_to_the_oldest() -> None:
    versions = [parts(version) for version, _ in numbered_sections()]
    assert versions == sorted(set(versions), reverse=True)


def test_every_release_after_the_first_has_a_date() -> None:
    for _, day in numbered_sections()[:-1]:
        assert date.fromisoformat(day)


@pytest.mark.parametrize("document", ["README.md", "docs/deployment.md", "docs/containers.md"])
def test_the_documents_upgrade_to_the_newest_release(document: str) -> None:
    text = (env.BASE_DIR / document).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:git checkout|bin/upgrade) v(\S+?)[`\s]", text)) == {numbered_sections()[0][0]}


def test_the_changelog_starts_with_the_unreleased_section() -> None:
    assert re.findall(r"^## .*$", CHANGELOG, re.MULTILINE)[0] == "## Next"
