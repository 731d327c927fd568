"""What is read for the audit, for any numbers, against having whole lines of all of them at hand."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import pytest
from django.core.paginator import Page
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.audit import page, reading
from numbers.audit.groups import AuditedNumber, Grouping, Key
from numbers.audit.page import AuditPage, audit_page, page_of
from numbers.audit.query import AuditQuery
from numbers.filters.numbers import NumberFilters
from numbers.memory.version import memory_version
from numbers.models import Assignment, NumberState, TeammateState
from numbers.quo.payloads import NumberRecord, Regions
from numbers.vocabulary.cells import CELLS, fact_of
from tests.support.audit_groups import audit
from tests.support.caches import forget
from tests.support.records import Office, number, teammate

RAWS = ["unrestricted", "unrestricted", "unrestricted", "restricted", "sometimes", None]
said = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Sales", "sales", "Leasing", " "]),
        "number": st.sampled_from(["+12065550100", "+12065550101", "+18005550100"]),
        "group_id": st.sampled_from(["GR1", "GR2", "gr1", "", " "]),
        "calling": st.builds(Regions, US=st.sampled_from(RAWS), CA=st.just("restricted"), Intl=st.just(None)),
        "messaging": st.builds(Regions, US=st.sampled_from(RAWS), CA=st.sampled_from(RAWS), Intl=st.just("restricted")),
    }
)
answers = st.lists(st.lists(said, max_size=16), min_size=1, max_size=2)
asked = st.builds(
    AuditQuery,
    st.builds(
        NumberFilters,
        q=st.sampled_from(["", "", "sales"]),
        calling_us=st.sampled_from(["", "", "allowed", "unknown"]),
        group=st.sampled_from(["", "", "GR1"]),
        unassigned=st.sampled_from(["", "yes"]),
        sort=st.sampled_from(["name", "-name", "number", "-messaging_us", "-teammates"]),
        page=st.integers(1, 4),
    ),
    st.sampled_from(Grouping),
    st.integers(1, 4),
)


def records(answer: list[dict[str, Any]]) -> Iterable[NumberRecord]:
    for place, changes in enumerate(answer):
        yield number(f"PN{place}", *(teammate(f"US{user}") for user in range(place % 3)), **changes)


def shown(of: AuditPage) -> dict[str, Any]:
    values = {field.name: getattr(of, field.name) for field in fields(of)}
    return {
        name: (value.number, value.paginator.count, list(value)) if isinstance(value, Page) else value
        for name, value in values.items()
    }


def at_hand(asked: AuditQuery) -> AuditPage:
    """The page, from whole states."""
    numbers = [
        audited_number(state)
        for state in NumberFilters(sort=asked.filters.sort).states().select_related("phone_number")
    ]
    people = {
        state.teammate_id: state.pk for state in TeammateState.objects.filter(until=None).order_by("name_key", "pk")
    }
    on: dict[int, list[Key]] = defaultdict(list)
    for assignment in Assignment.objects.filter(until=None):
        state = NumberState.objects.get(phone_number=assignment.phone_number_id, until=None)
        on[state.pk].append(people[assignment.teammate_id])
    shown = {state.pk for state in asked.filters.states()}
    return page_of(asked, audit(asked.by, numbers, on, [*people.values()], shown))


def audited_number(state: NumberState) -> AuditedNumber:
    raws = tuple(getattr(state, cell.field) for cell in CELLS)
    described = (state.phone_number.quo_id, state.name, state.name_key, state.number, state.group_id, state.kind)
    return AuditedNumber(state.pk, state.phone_number_id, *described, raws, tuple(map(fact_of, raws)))


@pytest.mark.parametrize("few", [1, 2_000])  # numbers that are read at once
@pytest.mark.django_db
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers, asked)
def test_a_page_is_the_same_as_with_all_the_numbers_at_hand(
    monkeypatch: pytest.MonkeyPatch, few: int, conversation: list[list[dict[str, Any]]], asked: AuditQuery
) -> None:
    monkeypatch.setattr(reading, "FEW", few)
    monkeypatch.setattr(page, "ROWS_PER_PAGE", 3)
    monkeypatch.setattr(page, "OUTLIERS_PER_PAGE", 2)
    before = transaction.savepoint()
    office = Office()
    for answer in conversation:
        office.hears(*records(answer), accept_removals=True)

    forget()
    found = audit_page(asked, memory_version())

    assert shown(found) == shown(at_hand(asked))
    transaction.savepoint_rollback(before)
