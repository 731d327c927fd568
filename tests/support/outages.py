"""A database that stops answering."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def database_is_down(error: Exception) -> Iterator[None]:
    def refuse(*_: Any) -> Any:
        raise error

    with connection.execute_wrapper(refuse):
        yield
