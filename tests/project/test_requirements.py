"""requirements*.in list the packages and why; `make requirements` compiles them to pinned and hashed *.txt files."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from quo_admin import env

NAMES = ("requirements", "requirements-dev", "requirements-audit")
PINNED = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")


def text(name: str) -> str:
    return (env.BASE_DIR / name).read_text()


def requirement_lines(name: str) -> list[str]:
    """Return the lines of an .in file that name a package."""
    return [line for line in text(f"{name}.in").splitlines() if line and not line.startswith(("#", "-c "))]


def compiled_lines(name: str) -> list[str]:
    """Return the lines of a .txt file without comments, joined with their continuation lines."""
    joined = text(f"{name}.txt").replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pins(name: str) -> dict[str, str]:
    found = (PINNED.fullmatch(line) for line in compiled_lines(name))
    return {match["name"]: match["version"] for match in found if match}


@pytest.mark.parametrize("name", NAMES)
def test_every_package_has_a_reason(name: str) -> None:
    assert requirement_lines(name)
    assert [line for line in requirement_lines(name) if not re.search(r"\S\s+# \S", line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_package_is_pinned_at_an_allowed_version(name: str) -> None:
    requirements = [Requirement(line.partition(" #")[0]) for line in requirement_lines(name)]
    pinned = pins(name)
    found = [(str(one), pinned.get(canonicalize_name(one.name))) for one in requirements]
    wrong = [(one, version) for one, version in found if version is None or version not in Requirement(one).specifier]
    assert wrong == [], "run: make requirements"


@pytest.mark.parametrize("name", NAMES)
def test_every_compiled_line_is_one_version_with_its_hashes(name: str) -> None:
    assert [line for line in compiled_lines(name) if not PINNED.fullmatch(line)] == []


def test_a_package_has_the_same_version_in_every_file() -> None:
    first, *others = (pins(name) for name in NAMES)
    for other in others:
        assert {name: version for name, version in other.items() if first.setdefault(name, version) != version} == {}


@pytest.mark.parametrize("file", [f"{name}.{kind}" for name in NAMES for kind in ("in", "txt")])
def test_no_file_contains_a_url_or_a_local_path(file: str) -> None:
    assert re.findall(r"\S*://\S*|(?<!\S)/\w+/\S*|(?:--?)[a-z-]*(?:index|find-links)\S*", text(file)) == []
