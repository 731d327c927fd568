"""`manage.py restore`: replace everything with the content of a backup."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from numbers.operations.backups import BackupError
from numbers.operations.backups.restoring import (
    Prepared,
    Restored,
    current_contents,
    is_newer,
    prepared,
    refuse_to_mix,
    restore,
)
from numbers.operations.runs import newest_kept
from numbers.operations.storage import reason, trouble
from numbers.vocabulary.terminal import printable

_MAX_BREACHES = 10  # printed


class Command(BaseCommand):
    help = "Replace everything by what a backup has. What was there is kept in a backup of its own."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a file that manage.py backup made")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--accept-findings", action="store_true", help="restore it even if not everything in it holds together"
        )

    def handle(self, *, path: Path, yes: bool, accept_findings: bool, **_options: Any) -> None:
        if not yes and not sys.stdin.isatty():
            raise CommandError("A restore replaces everything, and nobody is here to be asked: say --yes.")
        try:
            with prepared(path) as backup:
                refuse_to_mix(backup.contents)
                self._check(backup, accept_findings=accept_findings)
                if not yes:
                    self._ask(path, backup)
                was_newer = is_newer()
                with newest_kept():
                    restored = restore(backup)
        except BackupError as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(trouble() or f"{path} cannot be looked at: {error.strerror}.") from None
        except DatabaseError as error:
            raise CommandError(reason(error)) from None
        except (KeyboardInterrupt, EOFError):
            raise CommandError("Stopped. Nothing was restored.") from None
        self._print(backup, restored, was_newer=was_newer)

    def _check(self, backup: Prepared, *, accept_findings: bool) -> None:
        for difference in backup.repaired[:_MAX_BREACHES]:
            self.stdout.write(f"Repaired: {printable(str(difference))}")
        for breach in backup.broken[:_MAX_BREACHES]:
            self.stdout.write(printable(str(breach)))
        if backup.broken and not accept_findings:
            raise BackupError(
                f"Not everything in the backup holds together ({len(backup.broken)} found). --accept-findings takes it."
            )

    def _ask(self, path: Path, backup: Prepared) -> None:
        self.stdout.write(f"{path} holds {backup.contents}.")
        self.stdout.write(f"It replaces {current_contents()}.")
        self.stdout.flush()
        if input("Type yes to replace it: ").strip().lower() != "yes":
            raise BackupError("Nothing was restored.")

    def _print(self, backup: Prepared, restored: Restored, *, was_newer: bool) -> None:
        self.stdout.write(f"Restored: {backup.contents}.")
        if restored.previous:
            self.stdout.write(f"What was there before is in {restored.previous}.")
        if restored.previous and was_newer:
            self.stdout.write("Only the newer version of Quo Admin that wrote it can use it: see docs/backups.md.")
        if restored.must_restart:
            self.stdout.write("The database was damaged, so there is a new file now: restart Quo Admin.")
        self.stdout.write("Everybody has to sign in again.")
