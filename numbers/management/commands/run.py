"""`manage.py run`, called by `make run`: prepare and serve Quo Admin until Ctrl-C."""

import os
import socket
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from accounts.first import FirstAccount, ensure_first_account
from numbers.database.locks import one_after_the_other
from numbers.models import Sync
from numbers.operations import damage
from numbers.operations.listening import address_of, exposure, ignored_address, listen
from numbers.operations.readiness import schema
from numbers.operations.serving import complete_database_file, demo_workspace, our_command, serve
from numbers.operations.storage import reason, trouble
from numbers.services import workspace_problem
from quo_admin.private import make_private

FIRST_SYNC_TIMEOUT = 10.0  # seconds


class Command(BaseCommand):
    help = "Prepare the database, start the demo workspace if it is wanted, and serve."
    requires_system_checks = ()
    make_target = "run"
    about_demo = "Demo data: an invented company. Set QUO_API_KEY in .env to see your own workspace."

    def handle(self, **_options: Any) -> None:
        for notice in settings.ENVIRONMENT.notices:
            self.stderr.write(notice)
        with ExitStack() as started:
            started.callback(complete_database_file)
            listener = started.enter_context(listen(self.make_target))  # first, so that a port in use stops the start
            try:
                account = self._prepare(started)
            except (DatabaseError, OSError) as error:
                raise CommandError(reason(error)) from None
            address = address_of(listener)
            for warning in filter(None, (exposure(), ignored_address(address))):
                self.stderr.write(warning)
            connections.close_all()  # before gunicorn forks: a connection belongs to one process
            self._serve(listener, when_ready=lambda: self._greet(account, address))

    def _serve(self, listener: socket.socket, when_ready: Callable[[], None]) -> None:
        serve(listener, when_ready)

    def _prepare(self, started: ExitStack) -> FirstAccount:
        # Before anything is written to the database.
        if refusal := trouble() or damage.refusal() or workspace_problem(before_migrating=True):
            raise CommandError(refusal)
        make_private(settings.DATA_DIR)
        wait_for_demo = started.enter_context(demo_workspace()) if settings.DEMO else None
        with one_after_the_other():
            if refusal := schema().newer:
                raise CommandError(refusal)
            call_command("migrate", verbosity=0, interactive=False)
        account = ensure_first_account(settings.FIRST_PASSWORD_FILE)
        if wait_for_demo:
            wait_for_demo()
        self._first_sync(started)
        return account

    def _first_sync(self, started: ExitStack) -> None:
        """Start the first sync and wait a few seconds for it, so that the first page shows numbers."""
        if Sync.objects.filter(outcome=Sync.Outcome.SUCCEEDED).exists():
            return
        self._say("Reading the workspace for the first time ...")
        sync = subprocess.Popen(  # noqa: S603 - our own command
            our_command("sync"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        started.callback(sync.terminate)
        try:
            sync.wait(FIRST_SYNC_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._say("That takes a while; the numbers appear in the page as soon as they are there.")
            return
        last = Sync.objects.order_by("pk").last()
        if last and last.outcome != Sync.Outcome.SUCCEEDED:
            self._say(f"That did not work, and will be tried again. {last.error_sentence}")

    def _greet(self, account: FirstAccount, address: str) -> None:
        lines = ["", f"Quo Admin is at {settings.SITE_URL}"]
        if f"http://{address}" != settings.SITE_URL:
            lines.append(f"It listens on {address}")
        if settings.DEMO:
            lines.append(self.about_demo)
        if settings.OIDC_ONLY:
            lines.append(f"Sign in with {settings.OIDC_NAME}.")
        elif account.password and self._is_journal():
            lines.append(f"Sign in as {account.email} with the password that is kept in {settings.FIRST_PASSWORD_FILE}")
        elif account.password:
            lines.append(f"Sign in as {account.email} with the password {account.password}")
        else:
            lines.append("Sign in with your email and password.")
            lines.append("Forgotten? .venv/bin/python manage.py changepassword EMAIL")
        self._say("\n".join([*lines, "Ctrl-C stops it.", ""]))

    def _is_journal(self) -> bool:
        """Return whether our output is stored in systemd's journal. See JOURNAL_STREAM in systemd.exec(5)."""
        try:
            stdout = os.fstat(self.stdout.fileno())
        except (OSError, ValueError):
            return False
        return os.environ.get("JOURNAL_STREAM") == f"{stdout.st_dev}:{stdout.st_ino}"

    def _say(self, text: str) -> None:
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except OSError:  # the reader has stopped, such as `head`, or its disk is full
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stdout.fileno())
