"""Runs `manage.py verify` for each line that comes in, and prints "holds", or what does not, in one line."""

import io
import sys

import django

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "imported before anything of the app: see there"
    django.setup()

from django.core.management import CommandError, call_command
from django.db import connections


def verdict() -> str:
    said = io.StringIO()
    try:
        call_command("verify", stdout=said)
    except (CommandError, SystemExit) as error:
        said.write(str(error))
        return " | ".join(said.getvalue().splitlines())[:2_000] or "exit 1"
    finally:
        connections.close_all()  # nothing stays open between two cases: the file is put back as a whole
    return "holds"


if __name__ == "__main__":
    for _ in sys.stdin:
        print(verdict(), flush=True)  # noqa: T201 - this is how it answers
