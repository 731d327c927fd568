"""The first account of a new installation. Its random password stays in a file until somebody changes it.

A password that nobody used expires. The next start makes a new one.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from filelock import FileLock

from accounts.models import User
from quo_admin.prepare import keep_once, kept

FIRST_EMAIL = "admin@example.com"
LIFETIME = 7 * 24 * 3600  # seconds after which a password that nobody used no longer works

# 16 characters out of 31 that cannot be confused: 79 bits.
_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 4
_LENGTH = _GROUPS * (_GROUP_LENGTH + 1) - 1


@dataclass(frozen=True)
class FirstAccount:
    """The credentials of the first account; `password` is None once its owner has changed it."""

    email: str
    password: str | None = field(default=None, repr=False)


def ensure_first_account(password_file: Path) -> FirstAccount:
    """Create an administrator if there are no accounts; return the credentials as far as they are known.

    `password_file` is written before the account is: if the process dies in between, the next start creates the
    account with the same password. One file belongs to one database. Raises OSError if the file's folder cannot be
    written.
    """
    with FileLock(password_file.with_name(f"{password_file.name}.lock")):
        if not User.objects.exists():
            _create_account(password_file)
        first = User.objects.filter(email=FIRST_EMAIL).first()
        if first and has_expired_password(first, password_file):
            _renew(first, password_file)
        password = kept(password_file)
        if password and _signs_in(password):
            return FirstAccount(FIRST_EMAIL, password)
        password_file.unlink(missing_ok=True)
        return FirstAccount(FIRST_EMAIL)


def has_expired_password(user: User | None, password_file: Path) -> bool:
    """Return whether the account still has the password of the file, unused, and the file is old."""
    if user is None or user.email != FIRST_EMAIL or user.last_login is not None:
        return False
    with suppress(OSError):
        is_old = time.time() - password_file.stat().st_mtime > LIFETIME
        return is_old and user.check_password(kept(password_file))
    return False


def _renew(user: User, password_file: Path) -> None:
    password_file.unlink()
    user.set_password(keep_once(password_file, _new_password()))
    user.save(update_fields=["password"])


def _new_password() -> str:
    return "-".join(get_random_string(_GROUP_LENGTH, _ALPHABET) for _ in range(_GROUPS))


def _create_account(password_file: Path) -> None:
    if len(kept(password_file)) < _LENGTH:
        password_file.unlink(missing_ok=True)
    password = keep_once(password_file, _new_password())
    # If another machine was faster, the caller checks whether its password is the one in our file.
    with suppress(IntegrityError), transaction.atomic():
        User.objects.create_superuser(FIRST_EMAIL, password)


def _signs_in(password: str) -> bool:
    user = User.objects.filter(email=FIRST_EMAIL, is_active=True).first()
    return user is not None and user.check_password(password)
