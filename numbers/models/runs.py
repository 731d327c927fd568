"""How the commands that timers start ended. A machine that runs no timer sees it, too."""

from django.db import models


class LastRun(models.Model):
    """How a command last ended. A command without a row has never run."""

    class Command(models.TextChoices):
        SYNC = "sync", "Sync by a timer"
        BACKUP = "backup", "Backup"
        VERIFY = "verify", "Verification"

    command = models.CharField(max_length=10, choices=Command.choices, unique=True)
    ended_at = models.DateTimeField()
    failure = models.TextField(blank=True, help_text="A sentence, which may name paths; empty if the run succeeded.")
    succeeded_at = models.DateTimeField(null=True, help_text="When it last succeeded.")

    def __str__(self) -> str:
        return f"{self.command} at {self.ended_at:%Y-%m-%d %H:%M:%S}"
