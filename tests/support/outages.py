"""Makes all or some database queries fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection


@contextmanager
def database_is_down(error: Exception) -> Iterator[None]:
    def refuse(*_: Any) -> Any:
        raise error

    with connection.execute_wrapper(refuse):
        yield


@contextmanager
def database_fails_at(statement: str, *, when: str = "before") -> Iterator[None]:
    """Make SQL statements that start like this fail, before or after they run."""

    def answer(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        is_match = sql.startswith(statement)
        result = execute(sql, *rest) if when == "after" or not is_match else None
        if is_match:
            raise OperationalError("database or disk is full")
        return result

    with connection.execute_wrapper(answer):
        yield
