"""Query plans: lists are read in index order, counts use covering indexes, and no query sorts every number."""

from functools import partial

import pytest

from numbers.audit.groups import Grouping
from numbers.audit.query import AuditQuery
from numbers.audit.reading import read_audit
from numbers.filters import choices as filter_choices
from numbers.filters.numbers import NumberFilters
from numbers.memory.moment import NOW
from numbers.memory.numbers import not_identified
from numbers.memory.version import Version
from numbers.models import Assignment
from numbers.pages import overview
from numbers.vocabulary.cells import CELLS
from tests.support.caches import clear_caches
from tests.support.databases import only_sqlite
from tests.support.query_plans import Plan, plan_of, plans_of

pytestmark = [pytest.mark.django_db, only_sqlite]


def list_plan(filters: NumberFilters) -> Plan:
    """Return the plan of the first page of a list."""
    return plan_of(filters.states().values_list("pk", flat=True)[:50])


def count_plan(filters: NumberFilters) -> Plan:
    """Return the plan of the count of a list."""
    (plan,) = plans_of(filters.states().count)
    return plan


def test_the_whole_list_is_read_from_an_index_in_its_order() -> None:
    plan = plan_of(NumberFilters().states().values_list("pk", flat=True))

    assert plan.scans_no_table, plan
    assert plan.never_sorts, plan


def test_the_list_by_number_reads_the_telephones_in_the_order_of_their_index() -> None:
    """It sorts only rows with the same telephone."""
    plan = list_plan(NumberFilters(sort="-number"))

    assert plan.scans_no_table, plan
    assert "open_states_by_telephone" in str(plan), plan


@pytest.mark.parametrize("fact", ["allowed", "restricted", "unknown"])
@pytest.mark.parametrize("field", [cell.field for cell in CELLS])
def test_a_filter_that_many_numbers_match_keeps_the_order_of_the_index(field: str, fact: str) -> None:
    plan = list_plan(NumberFilters().but(**{field: fact}))

    assert plan.scans_no_table, plan
    assert plan.never_sorts, plan


def test_a_teammates_numbers_are_found_from_the_teammate() -> None:
    plan = list_plan(NumberFilters(user="US1"))

    assert plan.only_searches, plan
    assert plan.searches_by("phone_number_id"), plan


@pytest.mark.parametrize(
    "filters",
    [
        {"calling_us": "restricted"},
        {"messaging_intl": "allowed"},
        {"calling_ca": "unknown"},
        {"porting": "unfinished"},
        {"porting": "none"},
        {"forward": "any"},
        {"forward": "outside"},
        {"forward": "unknown"},
        {"unassigned": "yes"},
        {"unassigned": "no"},
        {"unassigned": "unknown"},
    ],
)
def test_matching_numbers_are_counted_in_an_index(filters: dict[str, str]) -> None:
    plan = count_plan(NumberFilters(**filters))  # type: ignore[arg-type]  # words only

    assert plan.reads_indexes_alone, plan


def test_the_cells_of_all_numbers_are_counted_in_an_index() -> None:
    clear_caches()
    plans = plans_of(partial(overview.summary, Version()))

    cells, unidentified = (plan for plan in plans if "FILTER" in plan.sql)
    assert cells.reads_indexes_alone, cells
    assert unidentified.reads_indexes_alone, unidentified
    for plan in plans:
        assert plan.scans_no_table, plan


@pytest.mark.parametrize("by", list(Grouping))
def test_the_audit_reads_every_number_only_from_indexes(by: Grouping) -> None:
    plans = plans_of(partial(read_audit, AuditQuery(NumberFilters(), by)))

    (patterns,) = (plan for plan in plans if "GROUP BY" in plan.sql and "kind" in plan.sql)
    assert patterns.reads_indexes_alone, patterns
    for plan in plans:
        assert plan.scans_no_table, plan
        assert plan.never_sorts, plan


def test_the_filter_choices_are_read_from_an_index() -> None:
    clear_caches()
    plans = plans_of(partial(filter_choices.available_choices, Version()))

    for plan in plans:
        is_partial = "open_number_states_with_oddity" in str(plan)  # its few rows may be read
        assert plan.reads_indexes_alone or is_partial, plan
    (groups,) = (plan for plan in plans if "GROUP BY" in plan.sql)
    assert groups.never_sorts, groups


def test_numbers_that_show_not_everybody_are_read_from_their_own_index() -> None:
    plan = plan_of(not_identified(NOW).values_list("phone_number"))

    assert plan.reads_indexes_alone, plan


def test_the_teammates_of_a_number_are_found_by_an_index() -> None:
    on_it = plan_of(Assignment.objects.filter(phone_number=1, until=None).order_by().values_list("pk"))
    unassigned = count_plan(NumberFilters(unassigned="yes"))

    assert on_it.only_searches, on_it
    for plan in (on_it, unassigned):
        assert plan.searches_by("phone_number_id", "until") == 1, plan
