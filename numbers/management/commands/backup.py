"""`manage.py backup`: everything that is kept, in one file, while everything goes on."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from numbers.backups import Refused
from numbers.backups.making import make


class Command(BaseCommand):
    help = "Write everything that is kept to one file. Quo Admin goes on meanwhile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the file to write; in a folder it gets a dated name")
        parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
        parser.add_argument("--json", action="store_true", help="print what is in it as JSON")

    def handle(self, *, path: Path, overwrite: bool, **options: Any) -> None:  # noqa: ANN401 - Django's
        try:
            target, contents = make(path, overwrite=overwrite)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        except DatabaseError:
            raise CommandError("The database does not answer. `manage.py doctor` looks at it.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was written.") from None
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(target), **contents.as_dict()}))
        else:
            self.stdout.write(f"{target}: {contents}.")
