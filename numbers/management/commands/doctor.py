"""`manage.py doctor`: is everything right, and if not, what to do."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from numbers.diagnosis import diagnose

MARKS = {True: "✓", False: "✗", None: "–"}


class Command(BaseCommand):
    help = "Check settings, database, migrations, Quo's address and the key; exit 1 if anything is wrong."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:  # noqa: ANN401 - Django's
        is_well = True
        for finding in diagnose():
            self.stdout.write(f"{MARKS[finding.ok]} {finding.subject:<14} {finding.text}")
            is_well = is_well and finding.ok is not False
        if not is_well:
            sys.exit(1)
