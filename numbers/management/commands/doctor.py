"""`manage.py doctor`: check everything and say how to fix problems."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from numbers.operations.doctor import diagnose

MARKS = {True: "✓", False: "✗", None: "–"}
PLAIN_MARKS = {True: "ok   ", False: "WRONG", None: "-    "}


class Command(BaseCommand):
    help = "Check settings, database, migrations, Quo's address and the key; exit 1 if anything is wrong."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        marks = MARKS if _can_encode("".join(MARKS.values()), sys.stdout.encoding) else PLAIN_MARKS
        has_failed = False
        for check in diagnose():
            self.stdout.write(f"{marks[check.ok]} {check.subject:<14} {check.text}")
            self.stdout.flush()  # the next check may take a minute
            has_failed |= check.ok is False
        if has_failed:
            sys.exit(1)


def _can_encode(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
