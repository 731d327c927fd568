"""Finds the account that a command is about."""

from django.core.management.base import CommandError

from accounts.models import User


def find_user(email: str) -> User:
    """Return the account with this email address. Raises CommandError."""
    user = User.objects.filter(email=email.strip()).first()
    if user is None:
        raise CommandError("Nobody has an account with this email address.")
    return user
