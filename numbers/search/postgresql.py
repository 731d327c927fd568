"""The trigram index of a PostgreSQL database."""

import logging

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

INDEX = "numbers_searchtext_trigrams"
_FORMER = "numbers_teammatestate_trigrams"
_COLUMNS = "own gin_trgm_ops, teammates gin_trgm_ops"


def keep(connection: BaseDatabaseWrapper) -> None:
    """Make the index where it is not there and the server allows it; remove the one that an earlier version made."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {_FORMER}")
            # "IF NOT EXISTS" would wait for everybody who writes before it looks.
            cursor.execute("SELECT to_regclass(%s) IS NULL", [INDEX])
            if cursor.fetchone()[0]:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(f"CREATE INDEX {INDEX} ON numbers_searchtext USING gin ({_COLUMNS})")
    except DatabaseError as error:
        log.info("searches read every text: this database server has no index of trigrams (%s)", type(error).__name__)
