"""Regions and channels are listed once: everything else follows from numbers/vocabulary/cells.py."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from numbers.models import NumberState
from numbers.quo.records import Regions
from numbers.vocabulary.cells import CELLS, REGIONS
from quo_admin import env
from tests.support.pages import texts

# They name regions for a reason of their own.
MAY_NAME_REGIONS = {
    "numbers/vocabulary/cells.py",  # the list
    "numbers/vocabulary/causes.py",  # what is known about the restrictions of particular cells
    "numbers/vocabulary/phones.py",  # "US" as the country in which a number without a country code is read
    "numbers/models/memory.py",  # the stored columns
    "numbers/quo/records.py",  # Quo's own keys
    "numbers/sandbox/faults.py",  # Quo's own keys
    "numbers/sandbox/names.py",  # the countries of offices
    "numbers/sandbox/workspace.py",  # Quo's own keys, and the countries of offices
}
_KEYS = {region.key for region in REGIONS}
_FIELD = re.compile(r"\b(calling|messaging)[._](us|ca|intl)\b", re.IGNORECASE)
_COUNTRY = re.compile("|".join(region.name for region in REGIONS if not region.is_abroad))
_IN_TEXT = re.compile(rf"""[".](US|CA|Intl)\b(?![.\w])|{_FIELD.pattern}|{_COUNTRY.pattern}""", re.IGNORECASE)
_COUNT = re.compile(r"""span="[36]"|\b3n\b|\brepeat\(3,|slice:":?[36]""")


def names_a_region(tree: ast.AST) -> bool:
    """Say whether code, without its docstrings and comments, names one."""
    notes = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return any(
        word in _KEYS or bool(_FIELD.search(word) or _COUNTRY.search(word))
        for node in ast.walk(tree)
        if node not in notes
        for word in _words(node)
    )


def _words(node: ast.AST) -> Iterator[str]:
    for name in ("id", "attr", "arg", "value"):
        word = getattr(node, name, None)
        if isinstance(word, str):
            yield word


def files(pattern: str) -> Iterator[Path]:
    for folder in ("numbers", "templates", "static", "quo_admin", "accounts"):
        yield from (file for file in (env.BASE_DIR / folder).rglob(pattern) if file.parent.name != "migrations")


def paths(found: list[Path]) -> set[str]:
    return {file.relative_to(env.BASE_DIR).as_posix() for file in found}


def test_no_other_module_names_a_region() -> None:
    found = [file for file in files("*.py") if names_a_region(ast.parse(file.read_text(encoding="utf-8")))]
    assert paths(found) == MAY_NAME_REGIONS


def test_no_template_stylesheet_or_script_names_a_region_or_counts_them() -> None:
    drawn = [file for pattern in ("*.html", "*.css", "*.js") for file in files(pattern)]
    assert len(drawn) > 100
    found = {file: file.read_text(encoding="utf-8") for file in drawn}
    assert paths([file for file, text in found.items() if _IN_TEXT.search(text) or _COUNT.search(text)]) == set()


@pytest.mark.parametrize(
    "code", ["f(x['US'])", "f(calling_ca=1)", "f(state.messaging_intl)", "f('in Canada')", "f(f'{a}.messaging.US')"]
)
def test_a_region_is_found_however_it_is_named(code: str) -> None:
    """Otherwise the test above could not fail."""
    assert names_a_region(ast.parse(code))


def test_the_stylesheets_have_as_many_columns_as_there_are_regions() -> None:
    tokens = (env.BASE_DIR / "static/css/tokens.css").read_text(encoding="utf-8")
    assert re.findall(r"--regions: (\d+);", tokens) == [str(len(REGIONS))]


def test_every_cell_has_its_column_and_every_region_its_field_of_quos_answer() -> None:
    columns = {field.name for field in NumberState._meta.get_fields()}
    assert {cell.field for cell in CELLS} == {name for name in columns if name.startswith(("calling_", "messaging_"))}
    assert [field.name for field in msgspec.structs.fields(Regions)] == [region.key for region in REGIONS]


ADDRESSES = {
    "/": "calling_mx-restricted",
    "/numbers/": '<option value="-messaging_mx">',
    "/numbers/?calling_mx=restricted": "Numbers where calling Mexico is restricted",
    "/numbers/PN0/": "People on this number cannot text Mexico.",
    "/numbers.csv": '"Messaging MX"',
    "/numbers.csv?raw=1": "restrictions.messaging.MX",
    "/numbers.json": '"MX":"restricted"',
    "/teammates/": "Calling, Mexico: allowed",
    "/teammates/?messaging_mx=allowed": "Teammates who can text Mexico",
    "/teammates/US1/": 'data-reach="calling.MX"',
    "/teammates.json": '"MX":"allowed"',
    "/audit/": "calling and messaging (Mexico) are restricted, but allowed on 3",
    "/audit.csv": "Calling MX (3 of 4 allowed); Messaging MX (3 of 4 allowed)",
}


@pytest.fixture(scope="module")
def with_mexico() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.support.another_region", *ADDRESSES]
    variables = {**os.environ, "TEST_DATABASE_URL": ""}
    ran = subprocess.run(command, cwd=env.BASE_DIR, env=variables, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_region_is_on_every_page_and_in_every_file(with_mexico: dict[str, str], address: str) -> None:
    assert ADDRESSES[address] in with_mexico[address]


@pytest.mark.parametrize("address", ["/numbers/", "/audit/", "/teammates/"])
def test_headings_span_another_region(with_mexico: dict[str, str], address: str) -> None:
    page = LexborHTMLParser(with_mexico[address])

    assert texts(page.css("th.region")) == ["US", "CA", "MX", "Intl"] * 2
    assert [heading.attributes["colspan"] for heading in page.css("th.channel")] == ["4", "4"]
