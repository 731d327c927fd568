"""Starts what `manage.py run` serves: the demo workspace and the web server."""

import gc
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.template import Engine, TemplateSyntaxError
from django.template.loader import get_template
from django.urls import get_resolver
from gunicorn import systemd
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger

from numbers.models import Sync
from numbers.syncing.demo import DemoAddress, note_address, note_path
from quo_admin import request_id

WORKERS = 2
THREADS = 4


def our_command(*arguments: str) -> list[str]:
    """Return what runs another command of this copy's manage.py."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


@contextmanager
def demo_workspace() -> Iterator[Callable[[], None]]:
    """Run the sandbox on a free loopback port; give what waits for it and notes where it is, for all of this copy."""
    key = secrets.token_urlsafe(24)
    sandbox = subprocess.Popen(  # noqa: S603 - our own command
        our_command("sandbox", "--port", "0", "--until-stdin-closes"),
        env={**os.environ, "SANDBOX_KEY": key},
        # Held open until this process ends, however it ends: then the sandbox ends, too.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
        # Ctrl-C reaches the web server first, which may still be answering from the sandbox.
        start_new_session=True,
    )
    try:
        yield lambda: note_address(DemoAddress(_address_from(sandbox), key))
    finally:
        note_path().unlink(missing_ok=True)
        sandbox.terminate()
        sandbox.wait()
        for pipe in (sandbox.stdin, sandbox.stdout):
            if pipe:
                pipe.close()


def _address_from(sandbox: "subprocess.Popen[str]") -> str:
    for line in sandbox.stdout or ():
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", line)
        if found:
            return found.group()
    raise CommandError("The demo workspace did not start. `manage.py sandbox` by itself says why.")


def listen() -> socket.socket:
    """Take the address that the settings name, for as long as the socket is open. Raises OSError.

    Where systemd holds an address for this process, that is the one: requests wait in it while one process ends and
    the next begins.
    """
    if handed := systemd.listen_fds():
        if handed > 1:
            raise CommandError("systemd hands over more than one address; Quo Admin serves one. See quo-admin.socket.")
        return socket.socket(fileno=systemd.SD_LISTEN_FDS_START)
    is_ipv6 = ":" in settings.HOST
    return socket.create_server(
        (settings.HOST, settings.PORT),
        family=socket.AF_INET6 if is_ipv6 else socket.AF_INET,
        dualstack_ipv6=is_ipv6 and socket.has_dualstack_ipv6(),
    )


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
        _read_everything()
        _keep_what_is_loaded()
        return application


def _read_everything() -> None:
    """Import every view and read every template now: in an upgrade the files become another version's meanwhile."""
    for status in (400, 403, 404, 500):
        get_resolver().resolve_error_handler(status)
    engine = Engine.get_default()
    _ = engine.template_context_processors  # imports them
    for folder in engine.dirs:
        for file in Path(folder).rglob("*.*"):
            with suppress(TemplateSyntaxError, UnicodeDecodeError):  # whoever asks for it, if anybody, is told
                get_template(file.relative_to(folder).as_posix())


def _keep_what_is_loaded() -> None:
    """Have Python not look through all this for garbage: a request in which it did would wait a tenth of a second.

    The higher threshold does the same for later objects: a single audit creates enough of them to start a full search.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines go where this project's go, in the same form: its own form shows what people asked."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def serve(listener: socket.socket, when_ready: Callable[[], None]) -> None:
    """Serve until a signal ends it. Leaves by SystemExit.

    `when_ready` is called once, in the last process to start, when all of them answer and can be stopped.
    """
    on_hang_up = signal.getsignal(signal.SIGHUP)

    def stop_on_hang_up(arbiter: Arbiter) -> None:
        # To gunicorn SIGHUP means "start again"; here it means that the terminal was closed.
        signal.signal(signal.SIGHUP, on_hang_up if on_hang_up == signal.SIG_IGN else _stop(arbiter))

    def tell(worker: Any) -> None:  # noqa: ANN401 - gunicorn's
        # The first process hears these, too, and passes on what follows.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # gunicorn's own handler waits for a lock that the interrupted code may hold.
        signal.signal(signal.SIGQUIT, lambda *_: os._exit(0))
        _hold_database_open()
        if worker.age == WORKERS:  # they are counted from 1; one that replaces another has a number of its own
            when_ready()

    Server(
        {
            "bind": f"fd://{listener.detach()}",
            "preload_app": True,
            "workers": WORKERS,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": 5,
            # Who may say that a visitor came by https.
            "forwarded_allow_ips": ",".join(str(network) for network in settings.TRUSTED_PROXIES),
            "limit_request_line": 8190,  # an id may be long, and each of its characters three
            "loglevel": "warning",
            "logger_class": _Log,
            "control_socket_disable": True,
            "when_ready": stop_on_hang_up,
            "post_worker_init": tell,
            "post_request": _ended,
            "worker_exit": _leave,
        }
    ).run()


def _ended(_worker: object, _request: object, _environ: object, _response: object) -> None:
    """The answer was sent, or failed, and what there was to log of it is logged."""
    request_id.end()


def _hold_database_open() -> None:
    """Keep one connection for as long as the process lives, in its first thread, where no request closes it.

    With the last connection SQLite drops its index of the log, and on a full disk it cannot make it again: then not
    even reading would go on.
    """
    if connection.vendor == "sqlite":
        with suppress(DatabaseError):
            Sync.objects.exists()


def _stop(arbiter: Arbiter) -> Callable[..., None]:
    return lambda *_: arbiter.SIG_QUEUE.put_nowait(signal.SIGTERM)


def _leave(_arbiter: Arbiter, worker: Any) -> None:  # noqa: ANN401 - gunicorn's
    """End a worker's process here: what follows is `manage.py run` cleaning up, which the first process does.

    Nor does it wait for a thread that is still asking Quo: a sync may be ended at any moment.
    """
    if worker.pid == os.getpid():
        os._exit(0 if worker.booted else Arbiter.WORKER_BOOT_ERROR)
