"""`manage.py backup`: write everything to one file while Quo Admin keeps running."""

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from numbers.models import LastRun
from numbers.operations.backups import BackupError
from numbers.operations.backups.files import Contents
from numbers.operations.backups.making import make
from numbers.operations.runs import noted
from numbers.operations.storage import reason


class Command(BaseCommand):
    help = "Write everything that is kept to one file. Quo Admin goes on meanwhile."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="the file to write; in a folder it gets a dated name")
        parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
        parser.add_argument("--json", action="store_true", help="print what is in it as JSON")

    def handle(self, *, path: str, overwrite: bool, **options: Any) -> None:
        with noted(LastRun.Command.BACKUP):
            target, contents = self._make(path, overwrite=overwrite)
        if options["json"]:
            self.stdout.write(json.dumps({"file": str(target), **asdict(contents)}))
        else:
            self.stdout.write(f"{target}: {contents}.")

    def _make(self, path: str, *, overwrite: bool) -> tuple[Path, Contents]:
        if os.path.basename(path) in {"", ".", ".."} and not os.path.isdir(path):  # noqa: PTH119, PTH112 - a Path drops the trailing slash
            raise CommandError(f"There is no folder {path}: make it first.")
        try:
            return make(Path(path), overwrite=overwrite)
        except BackupError as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"{path} cannot be looked at: {error.strerror}.") from None
        except DatabaseError as error:
            raise CommandError(reason(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Nothing was written.") from None
