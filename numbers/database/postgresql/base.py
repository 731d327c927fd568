"""Django's backend, with connections that give up on a query."""

from types import SimpleNamespace
from typing import Any, Self

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from numbers.database import patience

hanging = patience.Hanging()


class Connection(psycopg.Connection[Any]):
    """A connection that closes when a query takes longer than the request may wait."""

    has_given_up = False

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        """Raises OperationalError, at once while the server hangs."""
        if patience.seconds.get() and not hanging.may_try():
            raise psycopg.OperationalError("the server did not answer a moment ago")
        try:
            connection = super().connect(*args, **kwargs)
        except psycopg.errors.ConnectionTimeout:
            hanging.note()
            raise
        hanging.forget()
        return connection

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401 - psycopg's
        try:
            return super().wait(gen, interval, timeout or patience.seconds.get())
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer is still to come
                self.has_given_up = True
                self.close()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    Database: Any = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})

    def is_usable(self) -> bool:
        """Django asks this at the first query of a request. A server that does not even answer this hangs."""
        with patience.at_most(patience.TRIVIAL):
            is_usable: bool = super().is_usable()
        if self.connection.has_given_up:
            hanging.note()
        return is_usable
