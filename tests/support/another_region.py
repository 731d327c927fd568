"""A program: Quo Admin with a pretended region. Prints what each address given on its command line answers, as JSON.

The list of regions gets one more before any other module of ours is imported, and the database a column for each
channel.
"""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.models import TextField
from django.test import Client

import quo_admin  # noqa: F401 - finds `numbers`
from numbers.vocabulary import cells

MEXICO = cells.Region("MX", "Mexico", "Mexico")
AT = datetime(2026, 1, 1, tzinfo=UTC)


def add_region() -> None:
    cells.REGIONS = (*cells.REGIONS[:-1], MEXICO, cells.REGIONS[-1])
    cells.CELLS = tuple(cells.Cell(channel, region) for channel in cells.CHANNELS for region in cells.REGIONS)


def add_columns() -> None:
    call_command("migrate", verbosity=0, skip_checks=True)
    states = apps.get_model("numbers", "NumberState")
    for cell in cells.CELLS:
        if cell.region is MEXICO:
            column: TextField[Any, Any] = TextField(null=True)
            states.add_to_class(cell.field, column)
            with connection.schema_editor() as editor:
                editor.add_field(states, column)


def make(model: str, **fields: Any) -> Any:
    return apps.get_model("numbers", model)._default_manager.create(**fields)


def remember() -> None:
    """Four numbers of one teammate. The first may not reach Mexico."""
    make("Sync", scope="workspace", started_at=AT, observed_at=AT, ended_at=AT, outcome="succeeded", wrote=True)
    ann = make("Teammate", quo_id="US1", first_seen=AT)
    make("TeammateState", teammate=ann, since=AT, email="ann@example.com", role="member", name_key="ann")
    for place in range(4):
        number = make("PhoneNumber", quo_id=f"PN{place}", first_seen=AT, recorded_at=AT)
        raws = {cell.field: "unrestricted" for cell in cells.CELLS if place or cell.region is not MEXICO}
        raws = {cell.field: "restricted" for cell in cells.CELLS} | raws
        make("NumberState", phone_number=number, since=AT, name=f"Line {place}", kind="local", **raws)
        make("SearchText", phone_number=number)
        make("Assignment", phone_number=number, teammate=ann, since=AT)


def answer(client: Client, address: str) -> str:
    response: Any = client.get(address)
    return (b"".join(response) if response.streaming else response.content).decode()


if __name__ == "__main__":
    add_region()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    add_columns()
    remember()
    settings.ALLOWED_HOSTS = ["*"]
    somebody = Client()
    somebody.force_login(get_user_model().objects.create_superuser("admin@example.com", "a long enough secret"))
    sys.stdout.write(json.dumps({address: answer(somebody, address) for address in sys.argv[1:]}))
