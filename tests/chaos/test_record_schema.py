"""Our schema of a record agrees with Quo's published API description, if that file is available."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from numbers.sandbox.workspace import build
from tests.chaos.payloads import MISSING, changed, fields, wrong_values
from tests.chaos.record_schema import RECORD, VALIDATOR
from tests.support.quo_description import DESCRIPTION

RECORDS = [record for record in build(60).numbers if record["users"]]
PATHS = dict(fields(RECORD))


@pytest.fixture(scope="module")
def published() -> Any:
    """Return the schema of a record in the published description."""
    if not DESCRIPTION.is_file():
        pytest.skip("Quo's published description is not here: name its file in QUO_API_DESCRIPTION.")
    schemas = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    return Draft202012Validator(schemas["ListPhoneNumbersResponse"]["properties"]["data"]["items"])


def test_every_record_of_the_sandbox_fits_our_schema() -> None:
    assert [record for record in RECORDS if not VALIDATOR.is_valid(record)] == []


def test_our_schema_has_exactly_the_published_fields(published: Any) -> None:
    assert set(_names(published.schema)) == set(PATHS)


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_our_schema_accepts_the_same_values_as_the_published_one(published: Any, path: tuple[str, ...]) -> None:
    wrong = wrong_values(PATHS[path])
    assert wrong
    for value in (MISSING, None, "", "PN", "US1", "GR", "+1", "+12065550100", *wrong):
        for record in changed(RECORDS, path, [value]).records[:3]:
            assert VALIDATOR.is_valid(record) == published.is_valid(record), (value, record)


def _names(schema: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for part in (schema, *schema.get("allOf", ())):
        for name, inner in part.get("properties", {}).items():
            found += [(*path, name), *_names(inner, (*path, name))]
    return found + (_names(schema["items"], (*path, "0")) if "items" in schema else [])
