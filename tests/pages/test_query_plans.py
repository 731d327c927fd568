"""What a list asks is found by an index and in its order: the numbers are neither all read nor sorted.

What is counted over all of them is read from an index alone, and not from the rows, which hold Quo's whole answers.
"""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from numbers import filter_choices, overview
from numbers.audit.page import audit_page
from numbers.audit.query import AuditQuery
from numbers.facts import COLUMNS
from numbers.filters import NumberFilters
from numbers.models import Assignment
from numbers.versions import Version
from tests.support.caches import forget
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.django_db, only_sqlite]


def plan_of(rows: Any) -> str:
    return str(rows.values_list("pk", flat=True).explain())


def test_the_whole_list_is_read_in_its_order() -> None:
    plan = plan_of(NumberFilters().states())

    assert "USING INDEX open_number_states_by_name" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("fact", ["allowed", "restricted", "unknown"])
@pytest.mark.parametrize("field", [column.field for column in COLUMNS])
def test_numbers_that_most_are_like_are_met_in_the_order_of_the_list(field: str, fact: str) -> None:
    plan = plan_of(NumberFilters(**{field: fact}).states()[:50])  # type: ignore[arg-type]  # words only

    assert "USING INDEX open_number_states_by_name" in plan
    assert "TEMP B-TREE" not in plan


def test_a_teammates_numbers_are_found_from_the_teammate() -> None:
    plan = plan_of(NumberFilters(user="US1").states())

    assert "SCAN numbers_" not in plan
    assert "(phone_number_id=?)" in plan


@pytest.mark.parametrize(
    "asked",
    [
        {"calling_us": "restricted"},
        {"messaging_intl": "allowed"},
        {"calling_ca": "unknown"},
        {"porting": "unfinished"},
        {"porting": "none"},
        {"forward": "any"},
        {"forward": "outside"},
        {"unassigned": "yes"},
        {"unassigned": "no"},
    ],
)
def test_how_many_fit_is_counted_in_an_index(asked: dict[str, str]) -> None:
    plan = plan_of(NumberFilters(**asked).states().order_by())  # type: ignore[arg-type]  # words only

    assert "SCAN numbers_numberstate USING COVERING INDEX open_number_states_" in plan


def test_the_cells_of_all_numbers_are_counted_in_an_index() -> None:
    facts = next(plan for sql, plan in _plans_of(overview.standing) if "FILTER" in sql)

    assert "USING COVERING INDEX open_number_states_to_count" in facts


def test_the_groups_of_the_audit_are_counted_in_the_order_of_an_index() -> None:
    asked = AuditQuery(NumberFilters())

    (plan,) = (plan for sql, plan in _plans_of(partial(audit_page, asked)) if "GROUP BY" in sql)

    assert "USING COVERING INDEX open_number_states_to_audit" in plan
    assert "TEMP B-TREE" not in plan


def test_what_there_is_to_filter_by_is_read_from_an_index() -> None:
    plans = [plan for _, plan in _plans_of(filter_choices.what_there_is)]

    assert len(plans) == 2
    assert all("USING COVERING INDEX open_number_states_by_group" in plan for plan in plans)
    assert "GROUP BY" not in "".join(plans), "in the order of the groups, without sorting them"


def test_who_is_on_a_number_is_told_by_an_index() -> None:
    on_it = Assignment.objects.filter(phone_number=1, until=None).order_by()

    for plan in (on_it.explain(), plan_of(NumberFilters(unassigned="yes").states().order_by())):
        assert "assignments_of_number (phone_number_id=? AND until=?)" in plan


def _plans_of(question: Any) -> list[tuple[str, str]]:
    """The queries of a question about a version of the memory, each with its plan."""
    forget()
    with CaptureQueriesContext(connection) as asked:
        question(Version())
    plans = []
    with connection.cursor() as cursor:
        for query in (query for query in asked.captured_queries if query["sql"].startswith("SELECT")):
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql'].replace('%', '%%')}", ())
            plans.append((query["sql"], str(cursor.fetchall())))
    return plans
