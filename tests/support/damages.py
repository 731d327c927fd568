"""Ways in which a SQLite database file gets damaged: by disks, by copying, by mistake."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PAGE = 4096

Damage = Callable[[Path], None]


def _text(file: Path) -> None:
    file.write_text("not a database, only a text of some length" * 1000)


def _random_bytes(file: Path) -> None:
    file.write_bytes(random.Random(17).randbytes(file.stat().st_size))


def _zeros(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


def _nothing(file: Path) -> None:
    file.write_bytes(b"")


def _half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 // PAGE * PAGE])


def _last_page_cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: -PAGE // 2])


def _first_page_only(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:PAGE])


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _overwritten(name: str) -> Damage:
    """Overwrite the first page of the table or index."""

    def overwrite(file: Path) -> None:
        with closing(sqlite3.connect(file)) as database:
            (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchone()
        with file.open("r+b") as raw:
            raw.seek(root * PAGE - PAGE)
            raw.write(b"\xa5" * PAGE)

    return overwrite


def _header_overwritten(file: Path) -> None:
    with file.open("r+b") as raw:
        raw.write(b"\xa5" * 100)


def _log_of_another(file: Path) -> None:
    """Copy another database over this one, and leave this one's write-ahead log beside it."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("CREATE TABLE more AS SELECT * FROM numbers_numberstate")
        database.execute("UPDATE numbers_numberstate SET answer = zeroblob(20000)")
        database.execute("DELETE FROM django_content_type")
        database.execute("DROP TABLE django_admin_log")
        database.commit()
        log = Path(f"{file}-wal").read_bytes()
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
        for index in range(200):
            database.execute(f"CREATE TABLE other_{index} (content)")
            database.execute(f"INSERT INTO other_{index} VALUES (zeroblob(?))", [9000 + 100 * index])  # noqa: S608
        database.execute("PRAGMA journal_mode = WAL")
    Path(f"{file}-shm").unlink(missing_ok=True)
    Path(f"{file}-wal").write_bytes(log)


def _without(*tables: str) -> Damage:
    def drop(file: Path) -> None:
        with closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA foreign_keys = OFF")
            for table in tables:
                database.execute(f"DROP TABLE {table}")
            database.commit()

    return drop


def _another_program(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE songs (name)")


def _only_the_log(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE more (name)")
        log = Path(f"{file}-wal").read_bytes()
    file.unlink()
    Path(f"{file}-wal").write_bytes(log)


DAMAGES: dict[str, Damage] = {
    "a text": _text,
    "random bytes": _random_bytes,
    "zeros": _zeros,
    "an empty file": _nothing,
    "half of it": _half,
    "the last page cut": _last_page_cut,
    "the first page only": _first_page_only,
    "a folder": _folder,
    "a table overwritten": _overwritten("numbers_numberstate"),
    "an index overwritten": _overwritten("syncs_by_ending"),
    "the header overwritten": _header_overwritten,
    "the log of another": _log_of_another,
    "no table of numbers": _without("numbers_phonenumber"),
    "no table of sessions": _without("accounts_accountsession"),
    "no table of accounts": _without("accounts_user"),
    "no table of migrations": _without("django_migrations"),
    "the tables of another program": _another_program,
    "only the log": _only_the_log,
}
