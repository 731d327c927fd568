"""Backups. Each is one SQLite file that can be restored into SQLite or PostgreSQL."""


class BackupError(Exception):
    """Nothing was done and nothing was lost. The text is a sentence for the user."""
