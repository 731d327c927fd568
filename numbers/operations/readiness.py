"""Whether this process can serve requests: what `/readyz` tells load balancers, and `/checkz` alerts."""

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
from django.db.migrations.recorder import MigrationRecorder
from redis.exceptions import RedisError

from numbers.models import Sync
from numbers.operations.backups.files import live_file, our_migrations
from numbers.operations.damage import RESTORE, damage
from numbers.syncing.mixing import workspace_problem
from quo_admin.prepare import KEY_FILE, kept

ESSENTIAL = frozenset({"database", "migrations", "workspace"})  # otherwise pages fail, or show invented numbers
DISK_CHECK_INTERVAL = 5.0  # seconds; more frequent requests get the cached result


@dataclass(frozen=True)
class Check:
    """A line of `/readyz` or `manage.py doctor`. `ok` is None if the check does not apply."""

    subject: str
    ok: bool | None
    text: str

    @property
    def id(self) -> str:
        """Return the subject for programs: "quo-address" for "Quo's address"."""
        return self.subject.lower().replace("'s", "").replace(" ", "-")


def readiness() -> tuple[Check, ...]:
    """Return all checks, without values of settings in their texts. Never raises."""
    cache_in_redis = (_cache(),) if settings.ENVIRONMENT["CACHE_URL"] else ()
    return _database(), _migrations(), workspace(), *cache_in_redis, _secret(), disk()


def _database() -> Check:
    try:
        if found := damage():
            return Check("database", False, f"{found}. {RESTORE}")
        # Read one of our tables: if the file was deleted, SQLite would create an empty one and answer.
        Sync.objects.exists()
    except (Error, OSError):
        return Check("database", False, "does not answer, or is empty")
    return Check("database", True, "answers")


@dataclass(frozen=True)
class Schema:
    """How many migrations are `pending`, and a sentence if a `newer` version wrote to the database, else ""."""

    pending: int
    newer: str


def schema() -> Schema:
    """Compare the database with the migrations of this version. Raises DatabaseError if it does not answer."""
    applied = MigrationRecorder(connection).applied_migrations().keys()
    unknown = applied - our_migrations()
    ours = sorted(key for key in unknown if key[0] in {"accounts", "numbers"})  # other packages remove old migrations
    newer = ""
    if ours:
        has = " ".join(ours[0])
        newer = f"The database was written by a newer version of Quo Admin (it has {has}): install that version first."
    return Schema(len(our_migrations() - applied), newer)


def _migrations() -> Check:
    try:
        found = schema()
    except Error:
        return Check("migrations", False, "cannot be read")
    if found.newer or found.pending:
        return Check("migrations", False, found.newer or f"{found.pending} to do")
    return Check("migrations", True, "all done")


def workspace() -> Check:
    """Check that the database holds the workspace that the settings ask for."""
    try:
        trouble = workspace_problem()
    except Error:
        return Check("workspace", False, "cannot be read")
    return Check("workspace", not trouble, trouble or "fits the settings")


def cache_answers() -> bool:
    """Return whether Redis accepts writes. A full one or a replica only allows reads."""
    try:
        cache.set("ready", 1, 60)
    except RedisError:
        return False
    return True


def _cache() -> Check:
    answers = cache_answers()
    return Check("cache", answers, "answers" if answers else "does not answer, or takes nothing")


def _secret() -> Check:
    """Check that the key in use is the stored one. Otherwise the next process to start signs everybody out."""
    if settings.ENVIRONMENT["SECRET_KEY"] or kept(settings.DATA_DIR / KEY_FILE) == settings.SECRET_KEY:
        return Check("secret key", True, "there")
    return Check("secret key", False, "is no longer in DATA_DIR")


def writable_folders() -> set[Path]:
    """Return the folders that must be writable: DATA_DIR and the folder of a SQLite database."""
    database = live_file()
    return {settings.DATA_DIR, *([database.parent] if database else [])}


@cached(TTLCache(maxsize=1, ttl=DISK_CHECK_INTERVAL), condition=Condition())
def disk() -> Check:
    """Check that a small file can be written. The result is cached for the whole process."""
    try:
        for folder in writable_folders():
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:  # disappears even if the process is killed
                file.write(bytes(4096))  # one SQLite page
                os.fsync(file.fileno())
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return Check("disk", False, "is full" if is_full else "cannot be written")
    return Check("disk", True, "can be written")
