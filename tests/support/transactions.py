"""Whether what is asked of the database is asked in a transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def noting_transactions() -> Iterator[list[bool]]:
    """Give a list that gets a word for each SELECT of the block: whether a transaction is open."""
    noted: list[bool] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT"):
            in_transaction = connection.connection.in_transaction if connection.vendor == "sqlite" else False
            noted.append(in_transaction or connection.in_atomic_block)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield noted
