"""How long a page waits for another writer of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def impatient(milliseconds: int) -> Iterator[None]:
    """Wait for another writer of SQLite no longer than that: somebody is waiting for a page."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    driver = connection.connection  # not a question to the database: it never waits
    (usual,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        if connection.connection is driver:  # else it was closed meanwhile, and the next one begins anew
            driver.execute(f"PRAGMA busy_timeout = {usual}")
