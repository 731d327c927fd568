"""Our own JSON Schema of a record in Quo's list of numbers.

test_record_schema.py compares it with Quo's published description, if that file is available.
"""

from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}


def _like(pattern: str) -> Schema:
    return {"type": "string", "pattern": pattern}


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _all_of(**fields: Schema) -> Schema:
    """Return the schema of an object that requires these fields and allows others."""
    return {"type": "object", "required": list(fields), "properties": fields}


_REGION = _one_of("restricted", "unrestricted")
_CHANNEL = _all_of(US=_REGION, CA=_REGION, Intl=_REGION)
_USER = _all_of(
    id=_like("^US"),
    email=TEXT,
    firstName=TEXT_OR_NULL,
    lastName=TEXT_OR_NULL,
    role=_one_of("owner", "admin", "member"),
    groupId=_like("^GR"),
)
RECORD = _all_of(
    id=_like("^PN"),
    groupId=TEXT,
    number=_like(r"^\+[1-9]\d{1,14}$"),
    formattedNumber=TEXT_OR_NULL,
    name=TEXT,
    symbol=TEXT_OR_NULL,
    forward=TEXT_OR_NULL,
    portRequestId=TEXT_OR_NULL,
    portingStatus=TEXT_OR_NULL,
    users={"type": "array", "items": _USER},
    createdAt=TEXT,
    updatedAt=TEXT,
    restrictions=_all_of(calling=_CHANNEL, messaging=_CHANNEL),
)
VALIDATOR = Draft202012Validator(RECORD)
