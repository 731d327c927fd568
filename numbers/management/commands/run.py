"""`manage.py run`, as `make run` calls it: everything that it takes to serve Quo Admin, until Ctrl-C."""

import socket
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from accounts.first import FirstAccount, ensure_first_account
from numbers.models import Sync
from numbers.serving import demo_workspace, serve

FIRST_SYNC_PATIENCE = 10.0


class Command(BaseCommand):
    help = "Prepare the database, start the demo workspace where no API key is set, and serve."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:  # noqa: ANN401 - Django's
        _claim_port()
        with ExitStack() as started:
            try:
                call_command("migrate", verbosity=0, interactive=False)
                account = ensure_first_account(settings.DATA_DIR / f"first-password{'-demo' if settings.DEMO else ''}")
                if settings.DEMO:
                    started.enter_context(demo_workspace())
                self._first_sync(started)
            except DatabaseError:
                raise CommandError("The database does not answer. Check DATABASE_URL, then `manage.py doctor`.") from None
            except OSError as error:
                raise CommandError(f"{settings.DATA_DIR} cannot be written: {error.strerror}.") from None
            except KeyboardInterrupt:
                return
            connections.close_all()
            serve(when_ready=lambda: self._tell(account))

    def _first_sync(self, started: ExitStack) -> None:
        """Let the first page show numbers: wait for the first sync, but not long; it goes on by itself."""
        if Sync.objects.filter(outcome=Sync.Outcome.SUCCEEDED).exists():
            return
        self.stdout.write("Reading the workspace for the first time ...")
        sync = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, sys.argv[0], "sync"], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )
        started.callback(sync.terminate)
        try:
            sync.wait(FIRST_SYNC_PATIENCE)
        except subprocess.TimeoutExpired:
            self.stdout.write("That takes a while; the numbers appear in the page as soon as they are there.")

    def _tell(self, account: FirstAccount) -> None:
        lines = ["", f"Quo Admin is at {settings.SITE_URL}"]
        if settings.DEMO:
            lines.append("Demo data: an invented company. Set QUO_API_KEY in .env to see your own workspace.")
        if account.password:
            lines.append(f"Sign in as {account.email} with the password {account.password}")
        else:
            lines.append("Sign in with your email and password. Forgotten? .venv/bin/python manage.py changepassword EMAIL")
        lines += ["Ctrl-C stops it.", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _claim_port() -> None:
    """Say at once, and in a sentence, that the address is taken, before anything is started."""
    try:
        with socket.create_server((settings.HOST, settings.PORT), reuse_port=False):
            pass
    except OSError as error:
        raise CommandError(
            f"Port {settings.PORT} on {settings.HOST} cannot be used ({error.strerror}). Choose another: PORT=8080 make run"
        ) from None
