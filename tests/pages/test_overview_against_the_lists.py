"""Compares the start page's counts and names with the linked lists, for random numbers and teammates."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.moment import NOW
from numbers.memory.numbers import numbers_at
from numbers.memory.version import memory_version
from numbers.pages import overview
from numbers.pages.overview import Preview, summary
from numbers.quo.records import NumberRecord, Regions
from numbers.vocabulary.cells import CELLS, Fact
from tests.support.caches import clear_caches
from tests.support.records import Syncer, number, teammate

USER_IDS = ["US1", "US2", "US3", "US4"]
OURS = "+15555550123"

regions = st.builds(Regions, *[st.sampled_from([None, "", "restricted", "unrestricted", "Unrestricted"])] * 3)
number_changes = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Sales", "Leasing", " "]),
        "number": st.sampled_from([OURS, "+15555550124", "+15555550125", "020 7946 0958"]),
        "forward": st.sampled_from([None, "", OURS, "+15555550124", "+442079460958", "front desk"]),
        "porting_status": st.sampled_from([None, "", "completed", "Completed", "pending"]),
        "unidentified": st.sampled_from([0, 0, 1]),
        "calling": regions,
        "messaging": regions,
    }
)
people = st.sets(st.sampled_from(USER_IDS), max_size=2)
answers = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from([f"PN{place}" for place in range(6)]), st.tuples(number_changes, people)),
        st.sampled_from([0, 0, 1]),  # records that cannot be read
    ),
    min_size=1,
    max_size=3,
)


def records(answer: dict[str, tuple[dict[str, Any], set[str]]]) -> Iterable[NumberRecord]:
    for number_id, (changes, users) in answer.items():
        yield number(number_id, *(teammate(user_id, first_name=user_id) for user_id in sorted(users)), **changes)


def preview_of(preview: Preview) -> tuple[int, list[int]]:
    return preview.count, [item.key for item in preview.first]


def listed(states: QuerySet[Any], of: str, limit: int) -> tuple[int, list[int]]:
    keys = list(states.values_list(of, flat=True))
    return len(keys), keys[:limit]


@pytest.mark.parametrize("few", [0, 2_000])  # both strategies: scan in order, and fetch by key
@pytest.mark.django_db
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers)
def test_counts_and_first_names_match_the_lists(
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    conversation: list[tuple[dict[str, tuple[dict[str, Any], set[str]]], int]],
) -> None:
    monkeypatch.setattr(overview, "MAX_KEY_LOOKUPS", few)
    monkeypatch.setattr(overview, "MAX_NUMBERS", 2)
    monkeypatch.setattr(overview, "MAX_TEAMMATES", 1)
    before = transaction.savepoint()
    syncer = Syncer()
    for answer, unread in conversation:
        syncer.sync_all(*records(answer), unreadable=unread, accept_removals=True)

    clear_caches()
    found = summary(memory_version())

    assert found.numbers == numbers_at(NOW).count()
    expected = {
        "unassigned": NumberFilters(unassigned="yes"),
        "unidentified": NumberFilters(unassigned="unknown"),
        "forward": NumberFilters(forward="outside"),
        "forward-unknown": NumberFilters(forward="unknown"),
        "porting": NumberFilters(porting="unfinished"),
    }
    lists = {key: listed(filters.states(), "phone_number", 2) for key, filters in expected.items()}
    assert {item.key: preview_of(item.numbers) for item in found.attention} == {
        key: few for key, few in lists.items() if few[0]
    }
    counts = {
        bar.cell.field: {part.fact: part.count for part in bar.segments} for _, bars in found.bars for bar in bars
    }
    for cell in CELLS:
        facts = {fact: NumberFilters().but(**{cell.field: fact.value}).states().count() for fact in Fact}
        assert counts[cell.field] == {fact: count for fact, count in facts.items() if count}
    for abroad, field in zip(found.abroad, ("calling_intl", "messaging_intl"), strict=True):
        reaching = TeammateFilters().but(**{field: "allowed"})
        assert preview_of(abroad.teammates) == listed(reaching.states(), "teammate", 1)
        assert abroad.numbers == counts[field].get(Fact.ALLOWED, 0)
    transaction.savepoint_rollback(before)
