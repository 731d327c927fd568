"""`manage.py collect`, called by `make setup`: collect the static files for processes that start from now on."""

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
MAX_COLLECTIONS = 10  # including the newest; the server is restarted before there are ten more
COMPRESSED = ("", ".gz", ".br")


class Command(BaseCommand):
    help = "Collect the static files for the processes that start from now on; those that run keep theirs."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        os.umask(0o022)  # the server may run as another account than the one that sets it up
        try:
            BUILD.mkdir(exist_ok=True)
            with FileLock(BUILD / "collecting.lock"):
                _collect(BUILD / "collecting")
        except OSError as error:
            raise CommandError(f"The static files cannot be collected in {BUILD}: {error.strerror}.") from None


def _collect(draft: Path) -> None:
    """Build the next collection in `draft` and give it its number when it is complete. Raises OSError."""
    shutil.rmtree(draft, ignore_errors=True)  # left by an interrupted run
    settings.STATIC_ROOT = draft  # before Django creates its storage
    call_command("collectstatic", interactive=False, verbosity=0)
    if _hashed_names(draft) == _hashed_names(newest(BUILD)):
        shutil.rmtree(draft)
        return
    for earlier in folders(BUILD)[-(MAX_COLLECTIONS - 1) :]:
        _add_files_of(earlier, draft)
    os.sync()  # a power cut could otherwise leave a collection of empty files
    draft.rename(following(BUILD))
    for old in folders(BUILD)[:-MAX_COLLECTIONS]:
        shutil.rmtree(old)


def _add_files_of(earlier: Path, draft: Path) -> None:
    """Copy the files of an earlier collection for pages that are still open in a browser."""
    for name in _hashed_names(earlier):
        for suffix in COMPRESSED:
            source, target = earlier / f"{name}{suffix}", draft / f"{name}{suffix}"
            if source.exists() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)


def _hashed_names(collection: Path) -> set[str]:
    """Return the names of the files that pages request. Each contains a hash of its content."""
    try:
        manifest = json.loads((collection / ManifestFilesMixin.manifest_name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # missing, or left incomplete by an older version
        return set()
    return set(manifest["paths"].values())
