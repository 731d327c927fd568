"""Joins the values of many rows in the database, which is faster than reading the rows."""

from typing import Any

from django.db.models import Aggregate, CharField


class Joined(Aggregate):
    """Texts or whole numbers joined by spaces, in any order."""

    template = "%(function)s(CAST(%(expressions)s AS text), ' ')"
    function = "STRING_AGG"
    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 - of Django
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)
