"""The first account of a new installation, with a password of its own that is kept until it is changed."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, transaction
from filelock import FileLock

from accounts.models import User
from quo_admin.prepare import keep_once, kept

FIRST_EMAIL = "admin@example.com"

# 16 characters of 31 that look like no other: 79 bits.
_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 4
_LENGTH = _GROUPS * (_GROUP_LENGTH + 1) - 1


@dataclass(frozen=True)
class FirstAccount:
    """How to sign in to the first account; `password` is None once only its owner knows."""

    email: str
    password: str | None = field(default=None, repr=False)


def ensure_first_account(password_file: Path, email: str = FIRST_EMAIL) -> FirstAccount:
    """Make an administrator where there is no account at all; say how to sign in while that is known here.

    The password is in `password_file` before the account is in the database: whenever the process dies, the
    next one finds a password that fits, or makes the account with it. One file belongs to one database.
    Raises OSError if the file's folder cannot be written.
    """
    with FileLock(password_file.with_name(f"{password_file.name}.lock")):
        if not User.objects.exists():
            _make_account(password_file, email)
        password = kept(password_file)
        if password and _fits(email, password):
            return FirstAccount(email, password)
        password_file.unlink(missing_ok=True)
        return FirstAccount(email)


def _make_account(password_file: Path, email: str) -> None:
    if len(kept(password_file)) < _LENGTH:
        password_file.unlink(missing_ok=True)
    password = keep_once(password_file, _new_password())
    try:
        with transaction.atomic():
            User.objects.create_superuser(email, password)
    except IntegrityError:
        pass  # another machine was faster; whether its password is the one kept here is checked next


def _new_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def _fits(email: str, password: str) -> bool:
    user = User.objects.filter(email=email, is_active=True).first()
    return user is not None and user.check_password(password)
