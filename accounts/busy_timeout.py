"""The time that a page waits for another writer of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def busy_timeout(milliseconds: int) -> Iterator[None]:
    """Set SQLite's busy timeout for one block, because a user is waiting for a page. PostgreSQL has none."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection  # bypasses the query wrappers, because a PRAGMA never waits
    (default,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        if connection.connection is driver:  # a new connection has the default already
            driver.execute(f"PRAGMA busy_timeout = {default}")
