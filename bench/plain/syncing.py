"""`python -m bench.plain.syncing`: a first sync the plain way, `json.load` and `bulk_create`; prints what it cost.

Nothing is derived, so nothing can be searched; nothing is validated or compared. What it wrote is taken away again.
"""

import json
import os
import sys
import time
from typing import Any
from urllib.request import Request, urlopen

import django

from bench.counting import counted
from bench.machine import Memory

Json = dict[str, Any]
CELLS = ("calling", "messaging")


def main() -> None:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - settings first

    call_command("migrate", verbosity=0)
    with counted() as queries:
        memory = Memory([os.getpid()])
        began = time.perf_counter()
        numbers = _ask()
        _record(numbers)
        seconds = time.perf_counter() - began
    cost = {
        "seconds": seconds,
        "queries": queries.count,
        "changed": len(numbers),
        "peak_bytes": memory.highest(),
    }
    _forget()
    sys.stdout.write(json.dumps(cost) + "\n")


def _ask() -> list[Json]:
    from django.conf import settings  # noqa: PLC0415

    question = Request(  # noqa: S310 - the sandbox
        f"{settings.QUO_API_URL}/v1/phone-numbers", headers={"Authorization": settings.QUO_API_KEY}
    )
    with urlopen(question) as answer:  # noqa: S310
        numbers: list[Json] = json.load(answer)["data"]
    return numbers


def _record(numbers: list[Json]) -> None:
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from numbers.models import Assignment, NumberState, PhoneNumber, Teammate, TeammateState  # noqa: PLC0415

    now = timezone.now()
    users = {user["id"]: user for number in numbers for user in number["users"]}
    with transaction.atomic():
        phones = PhoneNumber.objects.bulk_create(
            PhoneNumber(quo_id=number["id"], first_seen=now, recorded_at=now) for number in numbers
        )
        teammates = Teammate.objects.bulk_create(Teammate(quo_id=quo_id, first_seen=now) for quo_id in users)
        known = {teammate.quo_id: teammate for teammate in teammates}
        NumberState.objects.bulk_create(
            NumberState(phone_number=phone, since=now, **_number_fields(number))
            for phone, number in zip(phones, numbers, strict=True)
        )
        TeammateState.objects.bulk_create(
            TeammateState(teammate=known[quo_id], since=now, **_user_fields(user)) for quo_id, user in users.items()
        )
        Assignment.objects.bulk_create(
            Assignment(
                phone_number=phone,
                teammate=known[user["id"]],
                since=now,
                role=user["role"],
                group_id=user["groupId"],
            )
            for phone, number in zip(phones, numbers, strict=True)
            for user in number["users"]
        )


def _number_fields(number: Json) -> Json:
    restrictions = number["restrictions"]
    return {
        "group_id": number["groupId"],
        "port_request_id": number["portRequestId"],
        "formatted_number": number["formattedNumber"],
        "forward": number["forward"],
        "name": number["name"],
        "number": number["number"],
        "porting_status": number["portingStatus"],
        "symbol": number["symbol"],
        "created_at_text": number["createdAt"],
        "updated_at_text": number["updatedAt"],
        **{f"{channel}_{region.lower()}": fact for channel in CELLS for region, fact in restrictions[channel].items()},
    }


def _user_fields(user: Json) -> Json:
    return {
        "email": user["email"],
        "first_name": user["firstName"],
        "last_name": user["lastName"],
        "role": user["role"],
    }


def _forget() -> None:
    """Leave the tables as they were: on PostgreSQL they are the ones that the product's own sync fills next."""
    from django.core.management.color import no_style  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    names = ("assignment", "numberstate", "teammatestate", "phonenumber", "teammate")
    tables = [f"numbers_{name}" for name in names]
    flush = connection.ops.sql_flush(no_style(), tables, reset_sequences=True, allow_cascade=True)
    connection.ops.execute_sql_flush(flush)


if __name__ == "__main__":
    main()
