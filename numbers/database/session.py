"""Settings of each connection to PostgreSQL."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from numbers.database.patience import SYNC, seconds


def configure(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Switch off just-in-time compilation: for a search in 10,000 numbers, it takes longer than the search itself.

    The server ends a query of a page that nobody waits for any longer. Not startup options, which PgBouncer would
    refuse.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
            if seconds.get():
                cursor.execute(f"SET statement_timeout = '{SYNC:.0f}s'")
