"""A lock between processes that the system frees when its holder dies, so that a killed sync blocks nobody."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from django.conf import settings
from django.db import connection
from filelock import FileLock, Timeout

# Any constant that no other user of the database's advisory locks takes.
_SYNC_LOCK = 0x51756F
_PREPARATION_LOCK = 0x517570

LOCK_FILE = "sync.lock"


@contextmanager
def only_one_sync() -> Iterator[bool]:
    """Give True to the one holder, over all processes (on PostgreSQL: over all machines), and False to any other."""
    held = _server_lock(_SYNC_LOCK) if connection.vendor == "postgresql" else _file_lock(_lock_file())
    with held as mine:
        yield mine


@contextmanager
def one_after_the_other() -> Iterator[None]:
    """Wait until nobody else brings the database up to date: no process, and on PostgreSQL no machine."""
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
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _lock_file() -> Path:
    """Beside the database, so that whoever shares the one shares the other."""
    name = str(connection.settings_dict["NAME"])
    in_memory = name in {"", ":memory:"} or "mode=memory" in name
    return settings.DATA_DIR / LOCK_FILE if in_memory else Path(f"{name}.{LOCK_FILE}")
