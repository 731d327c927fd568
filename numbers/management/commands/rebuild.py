"""`manage.py rebuild`: compute again what is derived from what Quo said."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from numbers.database.locks import only_one_sync
from numbers.operations import damage
from numbers.operations.backups.files import live_file, one_line
from numbers.operations.readiness import schema
from numbers.operations.rebuilding import rebuild
from numbers.operations.storage import reason


class Command(BaseCommand):
    help = "Compute search texts, indexes and other derived data again. What Quo said stays as it is."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        file = live_file()
        try:
            if refusal := damage.refusal():
                raise CommandError(refusal)
            if file and not file.exists():  # connecting would create an empty one
                raise CommandError(f"There is no database yet at {file}.")
            self._require_current_schema()
            with only_one_sync() as has_lock:
                if not has_lock:
                    busy = "A sync is running right now; try again when it has ended."
                    raise CommandError(busy, returncode=os.EX_TEMPFAIL)
                rebuilt = rebuild()
        except (DatabaseError, OSError) as error:
            says = f"The rebuild did not end. The system says: {one_line(error)}"
            raise CommandError(reason(error, says)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before the end. Run it again.") from None
        if rebuilt:
            self.stdout.write(
                f"Corrected: {rebuilt.numbers:,} states of numbers, {rebuilt.teammates:,} states of teammates, "
                f"{rebuilt.search_texts:,} search texts. Restart Quo Admin, whose pages may be older."
            )
        else:
            self.stdout.write("Nothing to correct.")
        if rebuilt.unreadable:
            self.stdout.write(f"{rebuilt.unreadable:,} states cannot be read: `manage.py verify` names them.")

    def _require_current_schema(self) -> None:
        found = schema()
        if found.newer:
            raise CommandError(found.newer)
        if found.pending:
            raise CommandError("The database is not up to date yet: run manage.py migrate first.")
