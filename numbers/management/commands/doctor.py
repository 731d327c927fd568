"""`manage.py doctor`: check everything and say how to fix problems."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from numbers.operations.doctor import diagnose
from quo_admin import __version__

MARKS = {True: "✓", False: "✗", None: "–"}
STATES = {True: "ok", False: "failed", None: "unknown"}
PLAIN_MARKS = {True: "ok   ", False: "WRONG", None: "-    "}


class Command(BaseCommand):
    help = "Check settings, database, migrations, Quo's address and the key; exit 1 if anything is wrong."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, **options: Any) -> None:
        has_failed = self._print_json() if options["json"] else self._print_lines()
        if has_failed:
            sys.exit(1)

    def _print_json(self) -> bool:
        """Print all checks as one document. Return whether one failed."""
        checks = list(diagnose())
        has_failed = any(check.ok is False for check in checks)
        found = [{"id": check.id, "state": STATES[check.ok], "text": check.text} for check in checks]
        self.stdout.write(json.dumps({"ok": not has_failed, "version": __version__, "checks": found}))
        return has_failed

    def _print_lines(self) -> bool:
        """Print each check as soon as it is done. Return whether one failed."""
        marks = MARKS if _can_encode("".join(MARKS.values()), sys.stdout.encoding) else PLAIN_MARKS
        has_failed = False
        for check in diagnose():
            self.stdout.write(f"{marks[check.ok]} {check.subject:<14} {check.text}")
            self.stdout.flush()  # the next check may take a minute
            has_failed |= check.ok is False
        return has_failed


def _can_encode(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
