"""`manage.py verify`: check that the stored data is consistent."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from numbers.database.snapshot import one_moment
from numbers.models import Assignment, LastRun, NumberState, PhoneNumber, Sync, Teammate
from numbers.operations.backups.files import live_file, one_line
from numbers.operations.invariants import INVARIANTS, Breach, breaches, warnings
from numbers.operations.readiness import schema
from numbers.operations.runs import noted
from numbers.operations.storage import reason
from numbers.vocabulary.terminal import printable


class Command(BaseCommand):
    help = "Check that the data holds together; exit 1 with a line for each breach. Warnings alone exit 0."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        with noted(LastRun.Command.VERIFY) as ending:
            found = self._verify(as_json=options["json"])
            if found:
                ending.failure = f"Breaches found: {len(found):,}. `manage.py verify` lists them; see docs/backups.md."
        if found:
            self.stdout.flush()
            sys.exit(1)

    def _verify(self, *, as_json: bool) -> list[Breach]:
        """Print what is found, and return the breaches."""
        file = live_file()
        if file and not file.exists():  # connecting would create an empty one
            raise CommandError(f"There is no database yet at {file}.")
        try:
            found_schema = schema()
            if found_schema.newer:
                raise CommandError(found_schema.newer)
            if found_schema.pending:
                raise CommandError("The database is not up to date yet: run manage.py migrate first.")
            with one_moment():
                found = self._print(breaches(), "", quietly=as_json)
                unusual = [] if found else self._print(warnings(), "Warning: ", quietly=as_json)
                counts = _counts()
        except DatabaseError as error:
            says = f"The database cannot be read through. It says: {one_line(error)}"
            raise CommandError(reason(error, says)) from None
        if as_json:
            result = {"holds": not found, "checked": counts, "findings": _told(found), "warnings": _told(unusual)}
            self.stdout.write(json.dumps(result))
        elif not found:
            counted = ", ".join(f"{count:,} {noun}" for noun, count in counts.items())
            self.stdout.write(f"Everything holds: {counted}; {len(INVARIANTS)} invariants.")
        return found

    def _print(self, found: Generator[Breach], mark: str, *, quietly: bool) -> list[Breach]:
        printed = []
        with closing(found):  # if the output is cut off, its cursors must be closed before the database
            for breach in found:
                printed.append(breach)
                if not quietly:
                    self.stdout.write(printable(f"{mark}{breach}"))
        return printed


def _told(found: list[Breach]) -> list[dict[str, Any]]:
    return [{**asdict(breach), "when": breach.when and breach.when.isoformat()} for breach in found]


def _counts() -> dict[str, int]:
    return {
        "numbers": PhoneNumber.objects.count(),
        "states": NumberState.objects.count(),
        "teammates": Teammate.objects.count(),
        "assignments": Assignment.objects.count(),
        "syncs": Sync.objects.count(),
    }
