"""Whether this process can do its work: what `/readyz` answers a load balancer that asks every few seconds."""

import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Condition

from cachetools import TTLCache, cached
from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from redis.exceptions import RedisError

from numbers.models import Sync
from numbers.operations.backups.files import live_file
from quo_admin.prepare import KEY_FILE, kept

WRITTEN_EVERY = 5.0  # seconds: however often somebody asks, the disk is tried this often at most


@dataclass(frozen=True)
class Check:
    """A line of `manage.py doctor` or `/readyz`. `ok` is None where it does not apply; `text` says what to do."""

    subject: str
    ok: bool | None
    text: str


def readiness() -> tuple[Check, ...]:
    """Return every check, whatever the others found, in texts without any value of a setting. Never raises."""
    cache_in_redis = (_cache(),) if settings.ENVIRONMENT["CACHE_URL"] else ()
    return _database(), _migrations(), *cache_in_redis, _secret(), disk()


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


def cache_answers() -> bool:
    """Say whether Redis takes what is written: one that is full, or a copy of another, only lets read."""
    try:
        cache.set("ready", 1, 60)
    except RedisError:
        return False
    return True


def _cache() -> Check:
    is_there = cache_answers()
    return Check("cache", is_there, "answers" if is_there else "does not answer, or takes nothing")


def _secret() -> Check:
    """The key in force must be the one that is kept: with another, the next process to start signs everybody out."""
    if settings.ENVIRONMENT["SECRET_KEY"] or kept(settings.DATA_DIR / KEY_FILE) == settings.SECRET_KEY:
        return Check("secret key", True, "there")
    return Check("secret key", False, "is no longer in DATA_DIR")


def written_folders() -> set[Path]:
    """Return the folders in which this copy must be able to write: that of its data, and that of its database."""
    database = live_file()
    return {settings.DATA_DIR, *([database.parent] if database else [])}


@cached(TTLCache(maxsize=1, ttl=WRITTEN_EVERY), condition=Condition())
def disk() -> Check:
    """Say whether a small file can be written, tried now and then, for all who ask this process."""
    try:
        for folder in written_folders():
            _write(folder)
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return Check("disk", False, "is full" if is_full else "cannot be written")
    return Check("disk", True, "can be written")


def _write(folder: Path) -> None:
    """Write a file that leaves nothing behind, whenever this dies. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(4096))  # a block, as of SQLite
        os.fsync(file.fileno())
