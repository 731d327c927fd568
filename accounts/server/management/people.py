"""Finds the person that a command is about."""

from django.core.management.base import CommandError

from accounts.models import User


def named(email: str) -> User:
    """Return the account with this email address. Raises CommandError, the sentence for whoever typed it."""
    user = User.objects.filter(email=email.strip()).first()
    if user is None:
        raise CommandError("Nobody has an account with this email address.")
    return user
