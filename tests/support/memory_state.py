"""Reads the whole memory, and checks that its states are consistent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState

NUMBER_COLUMNS = (
    "group_id",
    "port_request_id",
    "formatted_number",
    "forward",
    "name",
    "number",
    "porting_status",
    "symbol",
    "created_at_text",
    "updated_at_text",
    "calling_us",
    "calling_ca",
    "calling_intl",
    "messaging_us",
    "messaging_ca",
    "messaging_intl",
    "unidentified",
    "oddities",
)
TEAMMATE_COLUMNS = ("email", "first_name", "last_name", "role")
STATES = (NumberState, TeammateState, Assignment)

State = dict[str, dict[Any, Any]]


def state_at(moment: datetime | None = None) -> State:
    """Return the current state, or the state at a moment: numbers, teammates and assignments by Quo's IDs."""
    held = Q(until=None) if moment is None else Q(since__lte=moment) & (Q(until=None) | Q(until__gt=moment))
    states = NumberState.objects.filter(held).values_list("phone_number__quo_id", *NUMBER_COLUMNS)
    people = TeammateState.objects.filter(held).values_list("teammate__quo_id", *TEAMMATE_COLUMNS)
    on = Assignment.objects.filter(held)
    return {
        "numbers": {row[0]: row[1:] for row in states},
        "teammates": {row[0]: row[1:] for row in people},
        "assignments": {
            row[:2]: row[2:] for row in on.values_list("phone_number__quo_id", "teammate__quo_id", "role", "group_id")
        },
    }


def row_counts() -> dict[str, int]:
    """Return the number of rows of each table."""
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


def memory_row_counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in (PhoneNumber, Teammate, *STATES)}


def all_rows() -> list[Any]:
    """Return all rows of the memory except syncs."""
    models = (PhoneNumber, Teammate, *STATES)
    return [list(model._default_manager.order_by("pk").values_list()) for model in models]


@contextmanager
def captured_writes() -> Iterator[list[tuple[str, str]]]:
    """Collect (verb, table) of each writing statement."""
    found: list[tuple[str, str]] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    writing = [re.match(r'(INSERT|UPDATE|DELETE)(?: INTO| FROM)? "(\w+)"', query["sql"]) for query in queries]
    found.extend((match[1], match[2]) for match in writing if match)


def assert_consistent() -> None:
    """Check that states do not contradict each other or their numbers and teammates."""
    observed = set(Sync.objects.filter(outcome="succeeded").values_list("observed_at", flat=True))
    spans = _spans(NumberState.objects.values_list("phone_number_id", "since", "until"))
    people = _spans(TeammateState.objects.values_list("teammate_id", "since", "until"))
    on = _spans(Assignment.objects.values_list("phone_number_id", "teammate_id", "since", "until"))
    for span in (*spans.values(), *people.values(), *on.values()):
        _assert_in_order(span, observed)
    for pk, gone_at, first_seen, seen_until, recorded_at in PhoneNumber.objects.values_list(
        "pk", "gone_at", "first_seen", "seen_until", "recorded_at"
    ):
        span = spans[pk]
        assert span[0][0] == first_seen
        assert span[-1][1] == gone_at, "the last state ends when the number is gone"
        assert recorded_at >= span[-1][0]
        assert gone_at is None or (seen_until and seen_until < gone_at)
        assert seen_until is None or span[-1][0] <= seen_until
    for (pk, _), span in on.items():
        present = _joined(spans[pk])
        for since, until in span:
            assert any(begin <= since and (end is None or (until and until <= end)) for begin, end in present)
    for span in people.values():
        assert len(_joined(span)) == 1, "a known teammate always has a state"
        assert span[-1][1] is None
    assert set(people) == set(Teammate.objects.values_list("pk", flat=True))
    assert set(spans) == set(PhoneNumber.objects.values_list("pk", flat=True))


Span = list[tuple[datetime, datetime | None]]


def _spans(found: Iterable[tuple[Any, ...]]) -> dict[Any, Span]:
    spans: dict[Any, Span] = defaultdict(list)
    for *key, since, until in found:
        spans[key[0] if len(key) == 1 else tuple(key)].append((since, until))
    for span in spans.values():
        span.sort()
    return spans


def _assert_in_order(span: Span, observed: set[datetime | None]) -> None:
    for since, until in span:
        assert since in observed
        assert until is None or (since < until and until in observed)
    for (_, until), (since, _) in pairwise(span):
        assert until is not None
        assert until <= since


def _joined(span: Span) -> Span:
    """Return the spans with adjacent ones joined."""
    joined: Span = []
    for since, until in span:
        if joined and joined[-1][1] == since:
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((since, until))
    return joined
