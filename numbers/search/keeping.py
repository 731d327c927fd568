"""Makes the index after each `migrate`, where it is missing.

No migration makes it: whether it can be made depends on the database's server, not on its history, and on SQLite every
change of a column makes a new table and forgets the triggers of the old one. So after each `migrate` it is looked for,
and made again where it is not whole. Without it, a search finds the same.
"""

from typing import Any

from django.db import connections, transaction

from numbers.models import SearchText
from numbers.search import postgresql, sqlite


def keep(using: str, **_signal: Any) -> None:
    """Make the index after a migration, where it is not there or not whole and the database can have it."""
    connection = connections[using]
    if SearchText._meta.db_table not in connection.introspection.table_names():
        return
    if connection.vendor == "postgresql":
        postgresql.keep(connection)
    elif not sqlite.is_whole(connection):
        with transaction.atomic(using=using), connection.wrap_database_errors:
            sqlite.make(connection.connection)
