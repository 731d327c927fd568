"""`manage.py collect`, as `make setup` calls it: the static files, for the processes that start from now on."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from filelock import FileLock

from quo_admin.collected import folders, following, newest

BUILD = settings.BASE_DIR / "build"
KEPT = 10  # collections, the newest included: somebody restarts before there are ten more
COMPRESSED = ("", ".gz", ".br")


class Command(BaseCommand):
    help = "Collect the static files for the processes that start from now on; those that run keep theirs."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        try:
            BUILD.mkdir(exist_ok=True)
            with FileLock(BUILD / "collecting.lock"):
                _collect(BUILD / "collecting")
        except OSError as error:
            raise CommandError(f"The static files cannot be collected in {BUILD}: {error.strerror}.") from None


def _collect(draft: Path) -> None:
    """Make the next collection in `draft`, and give it its number once it is whole. Raises OSError."""
    shutil.rmtree(draft, ignore_errors=True)  # of one that was interrupted
    settings.STATIC_ROOT = draft  # before Django's storage is made
    call_command("collectstatic", interactive=False, verbosity=0)
    if _named(draft) == _named(newest(BUILD)):
        shutil.rmtree(draft)
        return
    for earlier in folders(BUILD)[-(KEPT - 1) :]:
        _keep(earlier, draft)
    os.sync()  # else a power cut may leave a collection of empty files
    draft.rename(following(BUILD))
    for old in folders(BUILD)[:-KEPT]:
        shutil.rmtree(old)


def _keep(earlier: Path, draft: Path) -> None:
    """Copy what pages of an earlier collection name, for those that are still open in a browser."""
    for name in _named(earlier):
        for suffix in COMPRESSED:
            source, target = earlier / f"{name}{suffix}", draft / f"{name}{suffix}"
            if source.exists() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


def _named(collection: Path) -> set[str]:
    """Return the names of the files that pages ask for, each with a hash of its content in it."""
    try:
        manifest = json.loads((collection / ManifestFilesMixin.manifest_name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # none, or one that an older version did not finish
        return set()
    return set(manifest["paths"].values())
