"""`manage.py sandbox`: serve our own Quo API for trying things out."""

import argparse
import contextlib
import os
import re
import secrets
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from numbers.sandbox.faults import NAMES
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build


class Command(BaseCommand):
    help = "Serve a Quo API of our own, with an invented company. Nothing of it reaches Quo."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8001, help="the port to listen on; 0 takes a free one (8001)")
        parser.add_argument("--numbers", type=int, default=60, help="how many numbers the company has (60)")
        parser.add_argument("--seed", type=int, default=7, help="another seed is another company (7)")
        parser.add_argument("--key", help="the key that it accepts; else SANDBOX_KEY, else one is made up")
        parser.add_argument("--fault", metavar="NAME", choices=NAMES, help=f"misbehave: {', '.join(NAMES)}")
        parser.add_argument("--wrap-errors", action="store_true", help='send errors as {"error": {…}}, not flat')
        parser.add_argument(
            "--until-stdin-closes",
            action="store_true",
            help="stop when the program that holds our stdin ends",
        )

    def handle(self, **options: Any) -> None:
        server = self._server(**options)
        stopped = threading.Event()
        # A shell ignores SIGINT for background jobs. This makes `kill -INT` work again.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.prepare()
            server.start()
            self._greet(server, options)
            if options["until_stdin_closes"]:
                threading.Thread(target=_set_at_end_of_stdin, args=(stopped,), daemon=True).start()
            stopped.wait()
        except KeyboardInterrupt:
            pass
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the shutdown
            server.close()
        with contextlib.suppress(OSError):
            self.stdout.write("The sandbox has stopped.")

    def _server(self, **options: Any) -> SandboxServer:
        host, port = options["host"], options["port"]
        self.key = options["key"] or os.environ.get("SANDBOX_KEY") or f"sandbox-{secrets.token_hex(12)}"
        if not re.fullmatch(r"[\x21-\x7e]+", self.key):
            raise CommandError("The key may only have characters that a header can carry: no spaces, no accents.")
        try:
            return SandboxServer(
                build(options["numbers"], options["seed"]),
                key=self.key,
                host=host,
                port=port,
                fault=options["fault"],
                wraps_errors=options["wrap_errors"],
            )
        except ValueError as error:
            raise CommandError(str(error)) from None
        except OverflowError:
            raise CommandError(f"There is no port {port}: choose one from 0 to 65535.") from None
        except OSError as error:
            raise CommandError(
                f"Cannot listen on port {port} of {host} ({error.strerror}): choose another with --port, "
                "or --port 0 for a free one."
            ) from None

    def _greet(self, server: SandboxServer, options: dict[str, Any]) -> None:
        workspace = server.workspace
        numbers, users = len(workspace.numbers), len(workspace.users)
        lines = [
            f"{workspace.company}: {numbers} numbers, {users} teammates, seed {options['seed']}.",
            f"Address: {server.url}",
            f"Key:     {self.key}",
        ]
        if server.fault:
            lines.append(f"Fault:   {server.fault}")
        lines.append("Ctrl-C stops it.")
        self.stdout.write("\n".join(lines))
        self.stdout.flush()  # a program that started it is waiting to read this


def _set_at_end_of_stdin(stopped: threading.Event) -> None:
    # Not sys.stdin: a thread blocked in it would keep Python from exiting.
    with contextlib.suppress(OSError):
        while os.read(0, 1 << 16):
            pass
    stopped.set()
