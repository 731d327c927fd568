"""Makes the index after each `migrate`, where it is missing.

No migration makes it: whether it can be made depends on the database's server, not on its history, and on SQLite every
change of a column makes a new table and forgets the triggers of the old one. So after each `migrate` it is looked for,
and made anew where it is not whole.
"""

from typing import Any

from django.db import connections, transaction

from numbers.search import postgresql, sqlite
from numbers.search.indexed import INDEXED


def keep(using: str, **_signal: Any) -> None:
    """Make the index after a migration, where it is not there or not whole and the database can have it."""
    connection = connections[using]
    if not set(connection.introspection.table_names()).issuperset(each.table for each in INDEXED):
        return
    if connection.vendor == "sqlite":
        if not sqlite.is_whole_in(connection):
            with transaction.atomic(using=using), sqlite.opened(connection) as database:
                sqlite.make(database)
    else:
        postgresql.keep(connection)
