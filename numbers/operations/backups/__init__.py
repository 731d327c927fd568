"""Backups. Each is one SQLite file that can be restored into SQLite or PostgreSQL."""

from django.core.management.base import CommandError


class BackupError(CommandError):
    """Nothing was done and nothing was lost. The text is a sentence for the user."""
