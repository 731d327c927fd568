"""The index of a PostgreSQL database, of the server's own trigrams."""

import logging
from contextlib import suppress

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from numbers.search.indexed import INDEXED

log = logging.getLogger(__name__)

_ON_SERVER = tuple(each for each in INDEXED if not each.short)


def keep(connection: BaseDatabaseWrapper) -> None:
    """Make the index where it is not there and the server allows it."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            for each in _ON_SERVER:
                index = each.name
                # "IF NOT EXISTS" would wait for everybody who writes before it looks.
                cursor.execute("SELECT to_regclass(%s) IS NULL", [index])
                if cursor.fetchone()[0]:
                    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                    columns = ", ".join(f"{column} gin_trgm_ops" for column in each.columns)
                    where = f"WHERE {each.is_in(each.table)}" if each.states else ""
                    cursor.execute(f"CREATE INDEX {index} ON {each.table} USING gin ({columns}) {where}")
    except DatabaseError as error:
        log.info("searches read every text: this database server has no index of trigrams (%s)", type(error).__name__)


def sort_in() -> None:
    """After many changes: let PostgreSQL put into its index what it has only noted, and reads through in each search.

    Its autovacuum does so a minute or so later, even where only the owner of the index may: then nothing happens here.
    """
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        for each in _ON_SERVER:
            cursor.execute("SELECT gin_clean_pending_list(to_regclass(%s))", [each.name])
