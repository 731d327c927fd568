"""Locks between processes. The system releases them when the holder dies, so a killed sync blocks nobody."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection
from filelock import FileLock, Timeout

# Keys of PostgreSQL's advisory locks: constants that nothing else in the database uses.
_SYNC_LOCK = 0x51756F
_PREPARATION_LOCK = 0x517570

LOCK_FILE = "sync.lock"


def only_one_sync() -> AbstractContextManager[bool]:
    """Try to lock syncs across all processes (on PostgreSQL: all machines), and yield whether that succeeded."""
    return _server_lock(_SYNC_LOCK) if connection.vendor == "postgresql" else _file_lock(_lock_file())


@contextmanager
def one_after_the_other() -> Iterator[None]:
    """Wait for and hold the lock on migrating the database across all processes (on PostgreSQL: all machines)."""
    is_shared = connection.vendor == "postgresql"
    on_server = _server_lock(_PREPARATION_LOCK, waits=True) if is_shared else nullcontext()
    with FileLock(settings.DATA_DIR / "run.lock"), on_server:
        yield


@contextmanager
def _server_lock(key: int, *, waits: bool = False) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_{'advisory_lock' if waits else 'try_advisory_lock'}(%s)", [key])
        mine = waits or bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    lock = FileLock(path, timeout=0, fallback_to_soft=False)
    with suppress(Timeout):
        lock.acquire()
    try:
        yield lock.is_locked
    finally:
        lock.release()


def _lock_file() -> Path:
    """Return a path beside the database, so that processes that share the database share the lock."""
    name = str(connection.settings_dict["NAME"])
    in_memory = name in {"", ":memory:"} or "mode=memory" in name
    return settings.DATA_DIR / LOCK_FILE if in_memory else Path(f"{name}.{LOCK_FILE}")
