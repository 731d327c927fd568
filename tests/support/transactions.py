"""Records whether queries run in a transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def record_transactions() -> Iterator[list[bool]]:
    """Collect for each SELECT of the block whether a transaction is open."""
    recorded: list[bool] = []

    def record(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT"):
            in_transaction = connection.connection.in_transaction if connection.vendor == "sqlite" else False
            recorded.append(in_transaction or connection.in_atomic_block)
        return execute(sql, *rest)

    with connection.execute_wrapper(record):
        yield recorded
