#!/usr/bin/env python
"""Django's command line for Quo Admin."""

import io
import os
import signal
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quo_admin.settings")
    _prepare_output()
    try:
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError

        from quo_admin.env import SettingsError
        from quo_admin.private import UMASK
    except ImportError:
        sys.exit("Quo Admin is not installed here. `make setup` installs it, then use .venv/bin/python.")
    _let_signals_interrupt()
    os.umask(UMASK)
    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has stopped, such as `head`; Python would fail when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except SettingsError as error:
        prefix = f"✗ {'settings':<14} " if sys.argv[1:2] == ["doctor"] else ""
        sys.exit(f"{prefix}{error}")
    except (DatabaseError, OSError) as error:  # of Django's own commands, and of a failing start
        if "--traceback" in sys.argv:
            raise
        sys.exit(_reason(error))
    except EOFError:
        sys.exit("The input ended before the answer.")
    except KeyboardInterrupt:
        sys.exit(130)  # as shells count a Ctrl-C


def _prepare_output() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # it was closed
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        elif isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that knows only ASCII gets \xe9 for é, instead of a crash.
            stream.reconfigure(errors="backslashreplace")


def _reason(error: Exception) -> str:
    """Return a sentence about an error of the database or of files."""
    sentence = "The database does not answer. `manage.py doctor` looks at it."
    if isinstance(error, OSError):
        sentence = f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."
    try:
        from numbers.operations.storage import reason
    except OSError:  # the settings cannot be read
        return sentence
    return reason(error, sentence)


def _let_signals_interrupt() -> None:
    """Make stop signals raise KeyboardInterrupt, so that every command cleans up and closes its database."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signals.append(signal.SIGHUP)
    for signal_number in signals:
        signal.signal(signal_number, signal.default_int_handler)


if __name__ == "__main__":
    main()
