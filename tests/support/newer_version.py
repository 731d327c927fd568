"""Changes the database as the migrations of a newer version of Quo Admin might."""

from pathlib import Path

from django.db import connection

from tests.support.databases import restore


def migrate_to_newer_version() -> None:
    is_sqlite = connection.vendor == "sqlite"
    statements = [
        "ALTER TABLE numbers_phonenumber ADD COLUMN later text NOT NULL DEFAULT 'x'",
        "CREATE TABLE numbers_later (id integer PRIMARY KEY, number_id bigint NOT NULL REFERENCES numbers_phonenumber)",
        "INSERT INTO numbers_later SELECT id, id FROM numbers_phonenumber",
        "CREATE TABLE numbers_later_users (id integer PRIMARY KEY, later_id integer REFERENCES numbers_later)",
        "CREATE UNIQUE INDEX later_name ON numbers_savedfilter (name, owner_id, id)",
        "INSERT INTO django_content_type (app_label, model) VALUES ('numbers', 'later')",
        "ALTER TABLE numbers_savedfilter RENAME TO numbers_later_filter",
        "INSERT INTO django_content_type (app_label, model) VALUES ('numbers', 'later_filter')",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('numbers', '9999_later', '2030-01-01')",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
    if is_sqlite:
        _index_by_unknown_function()


def _index_by_unknown_function() -> None:
    """Index a table by a function that only the newer version has."""
    connection.ensure_connection()
    connection.connection.create_function("later", 1, len, deterministic=True)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX by_later ON numbers_teammate (later(quo_id))")
    connection.close()


def is_newer_version() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations WHERE name = '9999_later'")
        return bool(cursor.fetchone()[0])


def kept_schemas() -> list[str]:
    """Return the schemas of a PostgreSQL database in which restores kept newer tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_restore_%'")
        return [name for (name,) in cursor.fetchall()]


def leave_newer_version(backup: Path) -> None:
    """Prepare a PostgreSQL database for the next test."""
    if connection.vendor != "postgresql":
        return
    if is_newer_version():
        restore(backup)
    for schema in kept_schemas():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {schema} CASCADE")
