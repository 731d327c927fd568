"""Starts the demo workspace and the web server for `manage.py run`."""

import gc
import os
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.template import Engine, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger

from numbers.models import Sync
from numbers.operations.backups.files import live_file, our_migrations
from numbers.syncing.demo import DemoAddress, note_address, note_path
from quo_admin import request_id

WORKERS = 2
THREADS = 4
CHECKPOINT_TIMEOUT = 1.0  # seconds


def our_command(*arguments: str) -> list[str]:
    """Return the command line that runs our manage.py with `arguments`."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


@contextmanager
def demo_workspace() -> Iterator[Callable[[], None]]:
    """Run the sandbox on a free loopback port. Yield a function that waits for it and saves its address."""
    key = secrets.token_urlsafe(24)
    with subprocess.Popen(  # noqa: S603 - our own command
        our_command("sandbox", "--port", "0", "--until-stdin-closes"),
        env={**os.environ, "SANDBOX_KEY": key},
        # This pipe closes when this process ends, even if killed, and then the sandbox stops.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
        # Keep Ctrl-C from the sandbox: the web server stops first and may still need it.
        start_new_session=True,
    ) as sandbox:
        try:
            yield lambda: note_address(DemoAddress(_address_from(sandbox), key))
        finally:
            note_path().unlink(missing_ok=True)
            sandbox.terminate()
            sandbox.wait()


def _address_from(sandbox: "subprocess.Popen[str]") -> str:
    for line in sandbox.stdout or ():
        if match := re.search(r"http://127\.0\.0\.1:[0-9]+", line):
            return match.group()
    raise CommandError("The demo workspace did not start. `manage.py sandbox` by itself says why.")


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with this project's application, in this process."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 - gunicorn's
        application = get_wsgi_application()
        _preload()
        _freeze_garbage_collection()
        return application


def _preload() -> None:
    """Import every view, load every template and list the migrations now: an upgrade replaces the files meanwhile."""
    our_migrations()
    for status in (400, 403, 404, 500):
        get_resolver().resolve_error_handler(status)
    engine = Engine.get_default()
    _ = engine.template_context_processors  # imports them
    for folder in engine.dirs:
        for file in Path(folder).rglob("*.*"):
            with suppress(TemplateSyntaxError, UnicodeDecodeError):  # rendering it raises the error, if that happens
                get_template(file.relative_to(folder).as_posix())


def _freeze_garbage_collection() -> None:
    """Exempt everything loaded so far from garbage collection, which would delay a request by a tenth of a second.

    The higher threshold prevents full collections: a single audit creates enough objects to trigger one.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Sends gunicorn's log lines to this project's handlers. Its own format would show requested addresses."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def serve(listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """Serve until a signal arrives, then raise SystemExit.

    `when_ready` is called once, in the last worker to start, when all workers answer and can be stopped.
    """
    on_hang_up = signal.getsignal(signal.SIGHUP)

    def stop_on_hang_up(arbiter: Arbiter) -> None:
        # For gunicorn SIGHUP means "reload"; here it means that the terminal was closed.
        signal.signal(signal.SIGHUP, on_hang_up if on_hang_up == signal.SIG_IGN else _stop(arbiter))

    def worker_started(worker: Any) -> None:  # noqa: ANN401 - gunicorn's
        # A terminal sends these to the main process too, which then stops the workers.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # gunicorn's own handler can deadlock on a lock that the interrupted code holds.
        signal.signal(signal.SIGQUIT, lambda *_: os._exit(0))
        _hold_database_open()
        if worker.age == WORKERS:  # ages count from 1, and a replacement worker gets a higher one
            when_ready()

    Server(
        {
            "bind": f"fd://{listener.detach()}",
            "preload_app": True,
            "workers": WORKERS,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": 5,
            "forwarded_allow_ips": ",".join(str(network) for network in settings.TRUSTED_PROXIES),
            # quo_admin/addresses.py reads X-Forwarded-Proto: to two of them, gunicorn has a bare answer of its own.
            "secure_scheme_headers": {},
            "limit_request_line": 8190,  # ids may be long, and percent-encoding triples them
            "loglevel": "warning",
            "logger_class": _Log,
            "control_socket_disable": True,
            "when_ready": stop_on_hang_up,
            "post_worker_init": worker_started,
            "post_request": _end_request,
            "worker_exit": _exit_worker,
        }
    ).run()


def _end_request(_worker: object, _request: object, _environ: object, _response: object) -> None:
    """Clear the request id: the response was sent or failed, and everything about it is logged."""
    request_id.end()


def _hold_database_open() -> None:
    """Keep a connection open for the life of the process, in its main thread, where no request closes it.

    When the last connection closes, SQLite deletes its WAL index. On a full disk it could not create a new one, so even
    reading would fail.
    """
    if connection.vendor == "sqlite":
        with suppress(DatabaseError):
            Sync.objects.exists()


def complete_database_file() -> None:
    """Move SQLite's write-ahead log into the database file, which then is complete by itself.

    Waits only a moment for other processes, and leaves the log to them.
    """
    if file := live_file():
        with suppress(sqlite3.Error), closing(_opened(file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _opened(file: Path) -> sqlite3.Connection:
    """Return a connection to a file that is there: SQLite would create a missing one."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=CHECKPOINT_TIMEOUT)


def _stop(arbiter: Arbiter) -> Callable[..., None]:
    return lambda *_: arbiter.SIG_QUEUE.put_nowait(signal.SIGTERM)


def _exit_worker(_arbiter: Arbiter, worker: Any) -> None:  # noqa: ANN401 - gunicorn's
    """End a worker's process here, because only the main process may run the cleanup of `manage.py run`.

    This does not wait for threads that are syncing: a sync may be killed at any time.
    """
    if worker.pid == os.getpid():
        os._exit(0 if worker.booted else Arbiter.WORKER_BOOT_ERROR)
