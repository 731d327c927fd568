"""The trigram index of a PostgreSQL database, which lets a search find a word without reading every search text.

No migration creates it, because not every server can have it. Each `migrate` creates it if it is missing.
"""

import logging
from typing import Any

from django.db import DatabaseError, connections, transaction

from numbers.models import SearchText

log = logging.getLogger(__name__)

INDEX = "numbers_searchtext_trigrams"
_FORMER = "numbers_teammatestate_trigrams"
_COLUMNS = "own gin_trgm_ops, teammates gin_trgm_ops"


def ensure_index(using: str, **_signal: Any) -> None:
    """Create the index if it is missing and the server allows it; drop the one of an earlier version."""
    connection = connections[using]
    table = SearchText._meta.db_table
    if connection.vendor != "postgresql" or table not in connection.introspection.table_names():
        return
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {_FORMER}")
            # "IF NOT EXISTS" would wait for every writer before it looks.
            cursor.execute("SELECT to_regclass(%s) IS NULL", [INDEX])
            if cursor.fetchone()[0]:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                cursor.execute(f"CREATE INDEX {INDEX} ON {table} USING gin ({_COLUMNS})")
    except DatabaseError as error:
        log.info("searches read every text: this database server has no index of trigrams (%s)", type(error).__name__)
