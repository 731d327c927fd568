"""What the database counts and reads for the audit, for any numbers, against having all of them at hand."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import pytest
from django.core.paginator import Page
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.audit import counted, page
from numbers.audit.groups import Grouping, alike
from numbers.audit.page import AuditPage, audit_page, page_of
from numbers.audit.query import AuditQuery
from numbers.filters import NumberFilters
from numbers.quo.payloads import NumberRecord, Regions
from numbers.versions import memory_version
from tests.support.audit_groups import at_hand
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
    st.sampled_from([Grouping.GROUP, Grouping.KIND]),
    st.integers(1, 4),
)


def records(answer: list[dict[str, Any]]) -> Iterable[NumberRecord]:
    for place, changes in enumerate(answer):
        yield number(f"PN{place}", *(teammate("US1") for _ in range(place % 2)), **changes)


def shown(of: AuditPage) -> dict[str, Any]:
    values = {field.name: getattr(of, field.name) for field in fields(of)}
    return {
        name: (value.number, value.paginator.count, list(value)) if isinstance(value, Page) else value
        for name, value in values.items()
    }


@pytest.mark.parametrize("few", [1, 2_000])  # groups and numbers that are named one by one
@pytest.mark.django_db
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers, asked)
def test_a_page_is_the_same_as_with_all_the_numbers_at_hand(
    monkeypatch: pytest.MonkeyPatch, few: int, conversation: list[list[dict[str, Any]]], asked: AuditQuery
) -> None:
    monkeypatch.setattr(counted, "FEW", few)
    monkeypatch.setattr(page, "ROWS_PER_PAGE", 3)
    monkeypatch.setattr(page, "FINDINGS_PER_PAGE", 2)
    before = transaction.savepoint()
    office = Office()
    for answer in conversation:
        office.hears(*records(answer), accept_removals=True)

    forget()
    found = audit_page(asked, memory_version())

    lines, groups = at_hand(asked)
    assert shown(found) == shown(page_of(asked, alike(lines), groups))
    transaction.savepoint_rollback(before)
