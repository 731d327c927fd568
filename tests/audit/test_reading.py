"""Property test: reading the audit in steps gives the same page as reading the whole rows of all numbers."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields, replace
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
from numbers.quo.records import NumberRecord, Regions
from numbers.vocabulary.cells import CELLS, fact_of
from tests.support.audit_groups import audit
from tests.support.caches import clear_caches
from tests.support.records import Syncer, number, teammate

RAWS = ["unrestricted", "unrestricted", "unrestricted", "restricted", "sometimes", None]
changes = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Sales", "sales", "Leasing", " "]),
        "number": st.sampled_from(["+12065550100", "+12065550101", "+18005550100"]),
        "group_id": st.sampled_from(["GR1", "GR2", "gr1", "", " "]),
        "calling": st.builds(Regions, US=st.sampled_from(RAWS), CA=st.just("restricted"), Intl=st.just(None)),
        "messaging": st.builds(Regions, US=st.sampled_from(RAWS), CA=st.sampled_from(RAWS), Intl=st.just("restricted")),
    }
)
answers = st.lists(st.lists(changes, max_size=16), min_size=1, max_size=2)
queries = st.builds(
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
    for index, changes in enumerate(answer):
        yield number(f"PN{index}", *(teammate(f"US{user}") for user in range(index % 3)), **changes)


def values(page: AuditPage) -> dict[str, Any]:
    """Return the values of all fields of the page, comparable with `==`."""
    found = {field.name: getattr(page, field.name) for field in fields(page)}
    return {
        name: (value.number, value.paginator.count, list(value)) if isinstance(value, Page) else value
        for name, value in found.items()
    }


def naive_page(query: AuditQuery) -> AuditPage:
    """Return the page, built from whole states."""
    numbers = [
        audited_number(state)
        for state in NumberFilters(sort=query.filters.sort).states().select_related("phone_number")
    ]
    teammates = {
        state.teammate_id: state.pk for state in TeammateState.objects.filter(until=None).order_by("name_key", "pk")
    }
    on: dict[int, list[Key]] = defaultdict(list)
    for assignment in Assignment.objects.filter(until=None):
        on[assignment.phone_number_id].append(teammates[assignment.teammate_id])
    matching = {state.phone_number_id for state in query.filters.states()}
    states = dict(query.filters.states().values_list("phone_number", "pk"))
    unclear = sum(not number.group_id.strip() for number in numbers) if query.by is Grouping.GROUP else 0
    found = audit(query.by, numbers, on, [*teammates.values()], matching)
    page = page_of(query, replace(found, states=states, unclear=unclear))
    return replace(page, notices=page.notices + query.filters.unmatched(len(matching)))


def audited_number(state: NumberState) -> AuditedNumber:
    raws = tuple(getattr(state, cell.field) for cell in CELLS)
    described = (state.phone_number.quo_id, state.name, state.name_key, state.number, state.group_id, state.kind)
    return AuditedNumber(state.phone_number_id, *described, raws, tuple(map(fact_of, raws)))


@pytest.mark.parametrize("few", [1, 2_000])  # numbers read at once
@pytest.mark.django_db
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers, queries)
def test_a_page_equals_the_one_built_from_whole_rows(
    monkeypatch: pytest.MonkeyPatch, few: int, conversation: list[list[dict[str, Any]]], query: AuditQuery
) -> None:
    monkeypatch.setattr(reading, "MAX_KEY_LOOKUPS", few)
    monkeypatch.setattr(page, "ROWS_PER_PAGE", 3)
    monkeypatch.setattr(page, "OUTLIERS_PER_PAGE", 2)
    before = transaction.savepoint()
    syncer = Syncer()
    for answer in conversation:
        syncer.sync_all(*records(answer), accept_removals=True)

    clear_caches()
    found = audit_page(query, memory_version())

    assert values(found) == values(naive_page(query))
    transaction.savepoint_rollback(before)
