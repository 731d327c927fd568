"""The PostgreSQL database that BENCH_DATABASE_URL lends: empty before, and empty again after each size."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import psycopg


class NotLent(Exception):
    """It cannot be used. The text is a sentence, without the address, which may hold a password."""


def check(url: str) -> None:
    """Raise NotLent unless the database answers and has no table: what is there is nobody's to delete."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    except psycopg.Error as error:
        raise NotLent(f"The database of BENCH_DATABASE_URL does not answer ({type(error).__name__}).") from None
    if found is None or found[0]:
        raise NotLent("The database of BENCH_DATABASE_URL has tables. Name an empty one: it is emptied afterwards.")


@contextmanager
def emptied_afterwards(url: str) -> Iterator[None]:
    try:
        yield
    finally:
        _execute(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")


def settle(url: str) -> None:
    """Do at once what the server's own autovacuum does within a minute or so of a sync."""
    _execute(url, "VACUUM ANALYZE")


def _execute(url: str, *statements: LiteralString) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
