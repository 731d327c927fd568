"""A page as of a past moment shows what it showed when that moment was now."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

import pytest
from django.core.paginator import Page
from django.db.models import Model
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

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
from numbers.models import Sync
from numbers.pages.number import number_page
from numbers.pages.numbers import number_list
from numbers.pages.overview import standing
from numbers.pages.teammates import mismatches_of, teammate_list, teammate_page
from tests.support.caches import forget
from tests.support.conversation import NUMBER_IDS, USER_IDS, Conversation, converse
from tests.support.records import NINE

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

OUTSIDE = "+15555559999"
MORE_CHANGES: list[dict[str, Any]] = [
    {"forward": "+15555550123"},
    {"forward": OUTSIDE},
    {"porting_status": "pending"},
    {"group_id": "5678"},
    {"number": OUTSIDE},
]

NUMBER_LISTS = [
    NumberFilters(),
    NumberFilters(sort="-teammates"),
    NumberFilters(q="desk", user="US1"),
    NumberFilters(q="ada"),
    NumberFilters(q="king us0@"),
    NumberFilters(q="(555) 555-99"),
    NumberFilters().but(calling_intl="restricted", group="1234"),
    NumberFilters(forward="inside"),
    NumberFilters(forward="outside"),
    NumberFilters(unassigned="yes"),
    NumberFilters(unassigned="no", porting="unfinished"),
]
TEAMMATE_LISTS = [
    TeammateFilters(),
    TeammateFilters(q="bea", sort="-numbers"),
    TeammateFilters().but(calling_intl="restricted"),
    TeammateFilters().but(calling_us="allowed", numbers="several"),
]


def contents(shown: Any) -> Any:
    """Everything in a page, in a form that can be compared."""
    if isinstance(shown, Page):
        return shown.number, shown.paginator.count
    if isinstance(shown, Model):
        return shown.pk
    if is_dataclass(shown):
        return {field.name: contents(getattr(shown, field.name)) for field in fields(shown)}
    if isinstance(shown, tuple | list):
        return [contents(part) for part in shown]
    return shown


def shown_at(moment: Moment) -> Mapping[str, Any]:
    """What all pages and files show at the moment."""
    version = memory_version()
    shown: dict[str, Any] = {"names": names_of(USER_IDS, moment), "form": fields_of(NumberFilters(), version, moment)}
    for place, numbers in enumerate(NUMBER_LISTS):
        shown[f"numbers {place}"] = number_list(numbers, version, moment)
    for place, teammates in enumerate(TEAMMATE_LISTS):
        shown[f"teammates {place}"] = teammate_list(teammates, version, moment)
    for number_id in NUMBER_IDS:
        shown[number_id] = page = number_page(number_id, version, moment)
        shown[f"{number_id} gone"] = page and page.number.gone_at
    for user_id in USER_IDS:
        shown[user_id] = teammate_page(user_id, version, moment)
        shown[f"{user_id} beside"] = teammate_named(user_id, moment), mismatches_of(user_id, moment)
    shown["choices"] = teammates_named("a", moment)
    shown["changes"] = changes(since=NINE, limit=100, version=version, moment=moment)
    for ending in ("csv", "json"):
        shown[f"numbers.{ending}"] = text(number_document(NumberFilters(), ending, moment=moment))
        shown[f"teammates.{ending}"] = text(teammate_document(TeammateFilters(), ending, moment=moment))
    for by in Grouping:
        shown[f"audit by {by}"] = audit_page(AuditQuery(NumberFilters(), by), version, moment)
        shown[f"audit.csv by {by}"] = text(audit_document(AuditQuery(NumberFilters(), by), "csv", moment=moment))
    # Which numbers the last answers missed is only known now.
    overview = contents(standing(version, moment))
    overview["to_look_at"] = [item for item in overview["to_look_at"] if item["key"] != "unconfirmed"]
    return {name: contents(value) for name, value in shown.items()} | {"overview": overview}


def text(document: Any) -> bytes:
    return b"".join(document)


class WatchedConversation(Conversation):
    """Notes what is shown after each sync, and looks back at the end."""

    def __init__(self) -> None:
        super().__init__()
        forget()
        self.shown: list[tuple[datetime, Mapping[str, Any]]] = []

    @precondition(lambda self: self.quo)
    @rule(data=st.data(), change=st.sampled_from(MORE_CHANGES))
    def edit_more(self, data: st.DataObject, change: dict[str, Any]) -> None:
        self.quo[data.draw(st.sampled_from(sorted(self.quo)))] |= change

    def agree(self, sync: Sync, seen: int) -> None:
        super().agree(sync, seen)
        assert sync.observed_at
        self.shown.append((sync.observed_at, shown_at(NOW)))

    def teardown(self) -> None:
        for observed_at, shown in self.shown:
            before = shown_at(Moment(observed_at))
            for name, value in shown.items():
                assert before[name] == value, name


def test_a_past_moment_shows_what_was_shown_when_it_was_now() -> None:
    converse(WatchedConversation, times=6, steps=15)
