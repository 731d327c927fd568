"""Finds out why Quo Admin cannot work with its data folder or its database."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from numbers.database.locks import LOCK_FILE
from numbers.operations import damage
from numbers.operations.backups.files import SIDE_FILES, live_file
from quo_admin.folders import advice, refusal

NO_ANSWER = "The database does not answer. `manage.py doctor` looks at it."
_IN_DATA_DIR = ("*.lock", "first-password*", "quo-requests*", "demo-*.json", "cache", "cache/*")


def trouble() -> str:
    """Return a sentence about the first folder or file of ours that cannot be used, or ""."""
    for path, setting in _folders():
        try:
            with tempfile.TemporaryFile(dir=path, buffering=0) as file:
                file.write(bytes(4096))  # one SQLite page
        except OSError as error:
            return advice(path, error, setting)
    refused = ((file, refusal(file), setting) for file, setting in _files())
    return next((advice(file, refused_by, setting) for file, refused_by, setting in refused if refused_by), "")


def reason(error: Exception, otherwise: str = NO_ANSWER) -> str:
    """Return a sentence about what caused `error`, or `otherwise` if it cannot be found out."""
    try:
        if found := trouble() or damage.refusal():
            return found
    except (DatabaseError, OSError):
        pass
    if "disk is full" in str(error):  # SQLite; a small file still fits
        return f"The disk of {_folders()[-1][0]} or of the folder for temporary files is full. Make room on it."
    return otherwise


def _folders() -> list[tuple[Path, str]]:
    """Return the folders that must be writable, each with the setting that names it."""
    database = live_file()
    is_elsewhere = database and database.parent != settings.DATA_DIR
    return [
        (settings.DATA_DIR, "DATA_DIR"),
        *([(database.parent, "DATABASE_URL")] if database and is_elsewhere else []),
    ]


def _files() -> Iterator[tuple[Path, str]]:
    if database := live_file():
        setting = _folders()[-1][1]
        yield from ((Path(f"{database}{end}"), setting) for end in ("", *SIDE_FILES, f".{LOCK_FILE}"))
    for pattern in _IN_DATA_DIR:
        yield from ((file, "DATA_DIR") for file in settings.DATA_DIR.glob(pattern))
