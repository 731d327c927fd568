"""Compares responses with Quo's published API description."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.support.raw_http import Reply

BESIDE_THE_PROJECT = "shared/quo-api/openapi-v1-phone-numbers-and-users.json"
DESCRIPTION = Path(os.environ.get("QUO_API_DESCRIPTION") or Path(__file__).parents[2].parent / BESIDE_THE_PROJECT)
LIST, SINGLE = "/v1/phone-numbers", "/v1/phone-numbers/{phoneNumberId}"


@cache
def validator(call: str, status: int) -> Any:
    document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    resource: Resource[Any] = DRAFT202012.create_resource(document)
    registry: Registry[Any] = Registry().with_resource("urn:quo", resource)
    place = ["paths", call, "get", "responses", str(status), "content", "application/json", "schema"]
    pointer = "/".join(quote(step.replace("~", "~0").replace("/", "~1")) for step in place)
    schema = {"$ref": f"urn:quo#/{pointer}"}
    return Draft202012Validator(schema, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)


def problems(call: str, reply: Reply) -> list[str]:
    return [error.message for error in validator(call, reply.status).iter_errors(reply.json)]
