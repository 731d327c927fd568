"""`manage.py dev`, called by `make dev`: serve the demo and reload changed code and templates."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from numbers.management.commands import run
from numbers.operations.listening import address_of
from numbers.operations.serving import our_command


class Command(run.Command):
    help = "For developers: serve the demo, show changed templates at once and restart when Python changes."
    make_target = "dev"
    about_demo = "Demo data. A changed template shows at the next request, a changed Python file restarts the server."

    def handle(self, **options: Any) -> None:
        if not (settings.DEBUG and settings.DEMO):
            raise CommandError("This needs DEBUG=on and the demo. `make dev` sets DEBUG and ignores .env.")
        super().handle(**options)

    def _serve(self, listener: socket.socket, when_ready: Callable[[], None]) -> None:
        """Run Django's development server, which survives a Python file that cannot be imported."""
        address = address_of(listener)
        listener.close()
        when_ready()
        server = subprocess.Popen(  # noqa: S603 - our own command
            our_command("runserver", address),
            env={**os.environ, "DJANGO_RUNSERVER_HIDE_WARNING": "true"},
            start_new_session=True,  # Ctrl-C while it still imports would print a traceback
        )
        try:
            server.wait()
        except KeyboardInterrupt:
            os.killpg(server.pid, signal.SIGTERM)  # it has a child, which it starts again after changes
            server.wait()
