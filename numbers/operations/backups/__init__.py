"""Backups: one SQLite file each, whatever the server's database is, that can be restored into either."""


class BackupRefused(Exception):
    """Nothing was done, and nothing was lost. The text is a sentence for a person."""
