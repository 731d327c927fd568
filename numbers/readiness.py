"""Whether this process can do its work: what `/readyz` answers a load balancer that asks every few seconds."""

from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from numbers.models import Sync
from quo_admin.prepare import KEY_FILE, kept


@dataclass(frozen=True)
class Check:
    """One thing that must hold; `text` says what it is or what to do, in a line without any value of a setting."""

    subject: str
    ok: bool
    text: str


def readiness() -> tuple[Check, ...]:
    """Return every check, whatever the others found. Never raises."""
    return _database(), _migrations(), _secret()


def _database() -> Check:
    try:
        # A table of ours: of a file that was deleted, SQLite would make an empty one and answer.
        Sync.objects.exists()
    except Error:
        return Check("database", False, "does not answer, or is empty")
    return Check("database", True, "answers")


def migrations_to_do() -> int:
    """Return how many migrations the database lacks. Raises DatabaseError where it does not answer."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations() -> Check:
    try:
        pending = migrations_to_do()
    except Error:
        return Check("migrations", False, "cannot be read")
    if pending:
        return Check("migrations", False, f"{pending} to do")
    return Check("migrations", True, "all done")


def _secret() -> Check:
    """The key in force must be the one that is kept: with another, the next process to start signs everybody out."""
    if settings.ENVIRONMENT["SECRET_KEY"] or kept(settings.DATA_DIR / KEY_FILE) == settings.SECRET_KEY:
        return Check("secret key", True, "there")
    return Check("secret key", False, "is no longer in DATA_DIR")
