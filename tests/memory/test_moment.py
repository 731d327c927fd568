"""Property test: a page as of a past moment shows what it showed at that time."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from django.core.paginator import Page
from django.db import transaction
from django.db.models import Model
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from numbers.audit.groups import Grouping
from numbers.audit.page import audit_page
from numbers.audit.query import AuditQuery
from numbers.exports.audit import audit_document
from numbers.exports.documents import number_document, teammate_document
from numbers.filters.choices import fields_of, teammate_named, teammates_named
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.history.changes import changes
from numbers.memory.moment import NOW, Moment
from numbers.memory.teammates import names_of
from numbers.memory.version import memory_version
from numbers.pages import overview
from numbers.pages.number import number_page
from numbers.pages.numbers import number_list
from numbers.pages.teammates import mismatches_of, teammate_list, teammate_page
from numbers.quo.records import Regions
from tests.support.caches import clear_caches
from tests.support.records import NINE, Syncer, number, teammate

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NUMBER_IDS = ["PN1", "PN2", "PN3"]
USER_IDS = ["US1", "US2"]
TELEPHONES = ["+15555550101", "+15555550102", "+15555550199"]
FACTS = ["unrestricted", "restricted", None]

number_changes = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Front desk", "Back office"]),
        "number": st.sampled_from(TELEPHONES[:2]),
        "forward": st.none() | st.sampled_from([*TELEPHONES[1:], "front desk"]),
        "porting_status": st.sampled_from([None, "pending", "completed"]),
        "group_id": st.sampled_from(["GR1", "GR2"]),
        "calling": st.builds(Regions, *[st.sampled_from(FACTS)] * 3),
    }
)
on_numbers = st.dictionaries(st.sampled_from(NUMBER_IDS), st.tuples(number_changes, st.sets(st.sampled_from(USER_IDS))))
described = st.fixed_dictionaries(
    {"first_name": st.sampled_from(["Ada", "Bea"]), "role": st.sampled_from(["member", "owner"])}
)
# Quo lists these numbers, for the whole workspace or for one teammate, on whom their own records may disagree.
answers = st.tuples(
    on_numbers,
    st.fixed_dictionaries(dict.fromkeys(USER_IDS, described)),
    st.sampled_from(["", "", *USER_IDS]),
)

NUMBER_LISTS = [
    NumberFilters(),
    NumberFilters(sort="-teammates"),
    NumberFilters(q="desk", user="US1", sort="-calling_us"),
    NumberFilters(q="ada"),
    NumberFilters(q="byron us2@"),
    NumberFilters(q="(555) 555-0102"),
    NumberFilters(q="front desk"),  # also found where a number forwards to one with this name
    NumberFilters(q="local pending"),
    NumberFilters(q="ada xyzzy"),
    NumberFilters().but(calling_intl="restricted", group="GR1"),
    NumberFilters(forward="inside"),
    NumberFilters(forward="outside"),
    NumberFilters(forward="unknown"),
    NumberFilters(unassigned="yes"),
    NumberFilters(unassigned="no", porting="unfinished"),
]
TEAMMATE_LISTS = [
    TeammateFilters(),
    TeammateFilters(q="bea", sort="-numbers"),
    TeammateFilters().but(calling_us="restricted"),
    TeammateFilters().but(calling_us="allowed", numbers="several"),
]


def contents(value: Any) -> Any:
    """Return everything in a page, comparable with `==`."""
    if isinstance(value, Page):
        return value.number, value.paginator.count
    if isinstance(value, Model):
        return value.pk
    if is_dataclass(value):
        return {field.name: contents(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [contents(part) for part in value]
    return value


def everything_at(moment: Moment) -> Mapping[str, Any]:
    """Return the contents of all pages and files at the moment."""
    version = memory_version()
    everything: dict[str, Any] = {
        "names": names_of(USER_IDS, moment),
        "form": fields_of(NumberFilters(), version, moment),
    }
    for index, numbers in enumerate(NUMBER_LISTS):
        everything[f"numbers {index}"] = number_list(numbers, version, moment)
    for index, teammates in enumerate(TEAMMATE_LISTS):
        everything[f"teammates {index}"] = teammate_list(teammates, version, moment)
    for number_id in NUMBER_IDS:
        everything[number_id] = page = number_page(number_id, version, moment)
        everything[f"{number_id} gone"] = page and page.number.gone_at
    for user_id in USER_IDS:
        everything[user_id] = teammate_page(user_id, version, moment)
        everything[f"{user_id} beside"] = teammate_named(user_id, moment), mismatches_of(user_id, moment)
    everything["choices"] = teammates_named("a", moment)
    everything["changes"] = changes(since=NINE, limit=100, version=version, moment=moment)
    for ending in ("csv", "json"):
        everything[f"numbers.{ending}"] = text(number_document(NumberFilters(), ending, moment=moment))
        everything[f"found.{ending}"] = text(number_document(NumberFilters(q="front"), ending, moment=moment))
        everything[f"teammates.{ending}"] = text(teammate_document(TeammateFilters(), ending, moment=moment))
    for by in Grouping:
        everything[f"audit by {by}"] = audit_page(AuditQuery(NumberFilters(), by), version, moment)
        everything[f"audit.csv by {by}"] = text(audit_document(AuditQuery(NumberFilters(), by), "csv", moment=moment))
    # Which numbers the last answers missed is only known now.
    summary = contents(overview.summary(version, moment))
    summary["attention"] = [item for item in summary["attention"] if item["key"] != "unconfirmed"]
    return {name: contents(value) for name, value in everything.items()} | {"overview": summary}


def text(document: Any) -> bytes:
    return b"".join(document)


@settings(
    max_examples=5,
    phases=[Phase.generate],  # shrinking would take minutes
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(answers, min_size=3, max_size=4))
def test_a_past_moment_shows_what_was_shown_when_it_was_now(
    monkeypatch: pytest.MonkeyPatch, history: list[Any]
) -> None:
    monkeypatch.setattr(overview, "MAX_KEY_LOOKUPS", 1)
    before = transaction.savepoint()
    syncer = Syncer()
    clear_caches()
    seen: list[tuple[Moment, Mapping[str, Any]]] = []
    for numbers, users, listed_for in history:
        records = [
            number(number_id, *(teammate(user_id, **users[user_id]) for user_id in sorted(team)), **changes)
            for number_id, (changes, team) in numbers.items()
        ]
        if listed_for:
            sync = syncer.sync_teammate(listed_for, *records)
        else:
            sync = syncer.sync_all(*records, accept_removals=True)
        assert sync.outcome == "succeeded"
        seen.append((Moment(sync.observed_at), everything_at(NOW)))

    for moment, shown in seen:
        again = everything_at(moment)
        for name, value in shown.items():
            assert again[name] == value, name
    transaction.savepoint_rollback(before)
