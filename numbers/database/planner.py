"""What PostgreSQL's planner believes the tables hold, by which it chooses the way to an answer.

Its autovacuum counts a minute or so after a change. Until then the planner may take thousands of rows for one, as it
counted them when the tables were empty, and choose a way to a page that takes minutes.
"""

from django.db import connection

from numbers.models import Assignment, NumberState, PhoneNumber, SearchText, Teammate, TeammateState

MANY = 500  # changed numbers; the autovacuum is soon enough for fewer

_REMEMBERED = (PhoneNumber, NumberState, SearchText, Teammate, TeammateState, Assignment)


def refresh_statistics() -> None:
    """Let PostgreSQL count what is remembered, inside the transaction that changes it; SQLite's planner needs none."""
    if connection.vendor != "postgresql":
        return
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _REMEMBERED)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
