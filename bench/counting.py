"""Counts the questions to the database, in a process that has set up Django."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Queries:
    count: int = 0

    def __call__(self, execute: Any, *question: Any) -> Any:  # noqa: ANN401 - Django's
        self.count += 1
        return execute(*question)


@contextmanager
def counted() -> Iterator[Queries]:
    """Count until the end of the block, over a connection that is open before it begins."""
    from django.db import connection  # noqa: PLC0415 - settings first

    connection.ensure_connection()
    queries = Queries()
    with connection.execute_wrapper(queries):
        yield queries
