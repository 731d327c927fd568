"""The first account of a new installation. Its random password stays in a file until somebody changes it."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, transaction
from filelock import FileLock

from accounts.models import User
from quo_admin.prepare import keep_once, kept

FIRST_EMAIL = "admin@example.com"

# 16 characters out of 31 that cannot be confused: 79 bits.
_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 4
_LENGTH = _GROUPS * (_GROUP_LENGTH + 1) - 1


@dataclass(frozen=True)
class FirstAccount:
    """The credentials of the first account; `password` is None once its owner has changed it."""

    email: str
    password: str | None = field(default=None, repr=False)


def ensure_first_account(password_file: Path, email: str = FIRST_EMAIL) -> FirstAccount:
    """Create an administrator if there are no accounts; return the credentials as far as they are known.

    `password_file` is written before the account is: if the process dies in between, the next start creates the
    account with the same password. One file belongs to one database. Raises OSError if the file's folder cannot be
    written.
    """
    with FileLock(password_file.with_name(f"{password_file.name}.lock")):
        if not User.objects.exists():
            _create_account(password_file, email)
        password = kept(password_file)
        if password and _signs_in(email, password):
            return FirstAccount(email, password)
        password_file.unlink(missing_ok=True)
        return FirstAccount(email)


def _create_account(password_file: Path, email: str) -> None:
    if len(kept(password_file)) < _LENGTH:
        password_file.unlink(missing_ok=True)
    password = keep_once(password_file, _new_password())
    try:
        with transaction.atomic():
            User.objects.create_superuser(email, password)
    except IntegrityError:
        pass  # another machine was faster; the caller checks whether its password is the one in our file


def _new_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def _signs_in(email: str, password: str) -> bool:
    user = User.objects.filter(email=email, is_active=True).first()
    return user is not None and user.check_password(password)
