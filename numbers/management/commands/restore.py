"""`manage.py restore`: everything as a backup has it."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from numbers.operations.backups import BackupRefused
from numbers.operations.backups.restoring import Prepared, Restored, prepared, present, refuse_to_mix, restore
from numbers.vocabulary.terminal import printable

_SHOWN = 10


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
                self._look_at(backup, accept_findings=accept_findings)
                refuse_to_mix(backup.contents)
                if not yes:
                    self._ask(path, backup)
                restored = restore(backup)
        except BackupRefused as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be looked at: {error.strerror}.") from None
        except DatabaseError:
            raise CommandError("The database does not answer. `manage.py doctor` looks at it.") from None
        except (KeyboardInterrupt, EOFError):
            raise CommandError("Stopped. Nothing was restored.") from None
        self._tell(restored)

    def _look_at(self, backup: Prepared, *, accept_findings: bool) -> None:
        for breach in backup.broken[:_SHOWN]:
            self.stdout.write(printable(str(breach)))
        if backup.broken and not accept_findings:
            count = len(backup.broken)
            raise BackupRefused(
                f"Not everything in the backup holds together ({count} found). --accept-findings takes it."
            )

    def _ask(self, path: Path, backup: Prepared) -> None:
        self.stdout.write(f"{path} holds {backup.contents}.")
        self.stdout.write(f"It replaces {present()}.")
        self.stdout.flush()
        if input("Type yes to replace it: ").strip().lower() != "yes":
            raise BackupRefused("Nothing was restored.")

    def _tell(self, restored: Restored) -> None:
        self.stdout.write(f"Restored: {restored.contents}.")
        if restored.kept:
            self.stdout.write(f"What was there before is in {restored.kept}.")
        if restored.must_restart:
            self.stdout.write("The database was damaged, so there is a new file now: restart Quo Admin.")
        self.stdout.write("Everybody has to sign in anew.")
