"""`manage.py doctor`: is everything right, and if not, what to do."""

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
        marks = MARKS if _shows("".join(MARKS.values()), sys.stdout.encoding) else PLAIN_MARKS
        is_well = True
        for check in diagnose():
            self.stdout.write(f"{marks[check.ok]} {check.subject:<14} {check.text}")
            self.stdout.flush()  # the next one may take a minute
            is_well = is_well and check.ok is not False
        if not is_well:
            sys.exit(1)


def _shows(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
