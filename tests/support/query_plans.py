"""How SQLite answers a query, by `EXPLAIN QUERY PLAN`, and what a plan can promise, whichever index it uses.

A step of a plan reads one table, or sorts:

- `SCAN x`: every row of `x` as it is stored, whole answers of Quo included. This is a full scan. So is `AUTOMATIC
  INDEX`: SQLite reads every row to make an index for this one query.
- `SCAN x USING INDEX`: row after row in the order of an index, until enough are found.
- `SCAN x USING COVERING INDEX`: every entry of an index, but none of the rows, which are twenty times as wide.
- `SEARCH x USING ...`: only what fits what is asked.
- `USE TEMP B-TREE FOR ...`: everything found is sorted before the first row is there.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext


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
        """Whether no table is read row by row as it is stored."""
        return not [step for step in self._scans if " USING " not in step] and "AUTOMATIC" not in "".join(self.steps)

    @property
    def reads_indexes_alone(self) -> bool:
        """Whether what is read from its beginning to its end is an index that holds all that is asked for."""
        return self.scans_no_table and all(" USING COVERING INDEX " in step for step in self._scans)

    @property
    def only_searches(self) -> bool:
        """Whether nothing is read from its beginning to its end, so that it costs as much as there is to find."""
        return self.scans_no_table and not self._scans

    @property
    def never_sorts(self) -> bool:
        return not [step for step in self.steps if "TEMP B-TREE" in step]

    def searches_by(self, *columns: str) -> int:
        """Return how many steps go to the rows with the asked values of all these columns, in this order."""
        return len([step for step in self.steps if f"({' AND '.join(f'{column}=?' for column in columns)})" in step])

    @property
    def _scans(self) -> list[str]:
        return [step for step in self.steps if step.startswith("SCAN ")]


def plan_of(rows: QuerySet[Any, Any]) -> Plan:
    (plan,) = plans_of(lambda: list(rows))
    return plan


def plans_of(question: Callable[[], object]) -> list[Plan]:
    """Ask the question, and return the plan of each query that it takes."""
    with CaptureQueriesContext(connection) as asked:
        question()
    return [Plan(query["sql"]) for query in asked.captured_queries if query["sql"].startswith("SELECT")]
