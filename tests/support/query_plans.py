"""Reads SQLite's `EXPLAIN QUERY PLAN`, and checks properties of a plan that do not depend on the chosen index.

A step of a plan reads one table, or sorts:

- `SCAN x`: a full table scan, which also reads Quo's raw answers. So is `AUTOMATIC INDEX`: SQLite reads every row to
  build an index for this query.
- `SCAN x USING INDEX`: rows in the order of an index, until enough are found.
- `SCAN x USING COVERING INDEX`: a whole index, but not the rows, which are twenty times as wide.
- `SCAN x USING INDEX` of an index in `_OF_FEW`: the few rows in that index.
- `SEARCH x USING ...`: only matching rows.
- `USE TEMP B-TREE FOR ...`: all results are sorted before the first row is returned.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

_OF_FEW = ("open_number_states_with_oddity", "open_states_with_unidentified")


class Plan:
    """The steps in which SQLite answers a query."""

    def __init__(self, sql: str) -> None:
        self.sql = sql
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}", ())
            self.steps: list[str] = [step for *_, step in cursor.fetchall()]
        assert [step for step in self.steps if step.startswith(("SCAN ", "SEARCH "))], "nothing is read"

    def __repr__(self) -> str:
        return "\n".join([self.sql, *self.steps])

    @property
    def scans_no_table(self) -> bool:
        """Return whether the plan has no full table scan."""
        return not [step for step in self._scans if " USING " not in step] and "AUTOMATIC" not in "".join(self.steps)

    @property
    def reads_indexes_alone(self) -> bool:
        """Return whether the plan scans nothing but covering indexes, and those of few rows."""
        return self.scans_no_table and all(
            " USING COVERING INDEX " in step or step.endswith(_OF_FEW) for step in self._scans
        )

    @property
    def only_searches(self) -> bool:
        """Return whether the plan scans nothing, so that its cost depends only on the number of results."""
        return self.scans_no_table and not self._scans

    @property
    def never_sorts(self) -> bool:
        return not [step for step in self.steps if "TEMP B-TREE" in step]

    def searches_by(self, *columns: str) -> int:
        """Return how many steps search an index by equality of all these columns, in this order."""
        return len([step for step in self.steps if f"({' AND '.join(f'{column}=?' for column in columns)})" in step])

    @property
    def _scans(self) -> list[str]:
        return [step for step in self.steps if step.startswith("SCAN ")]


def plan_of(rows: QuerySet[Any, Any]) -> Plan:
    (plan,) = plans_of(lambda: list(rows))
    return plan


def plans_of(function: Callable[[], object]) -> list[Plan]:
    """Call the function; return the plans of its queries."""
    with CaptureQueriesContext(connection) as queries:
        function()
    return [Plan(query["sql"]) for query in queries.captured_queries if query["sql"].startswith("SELECT")]
