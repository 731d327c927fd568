"""Writes until its stdin closes: each transaction writes the same number to several tables."""

import sys
import threading
from itertools import count

import django

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "must be imported before the app: see quo_admin/__init__.py"
    django.setup()

from django.db import transaction

from numbers.models import NumberState, PhoneNumber, Sync


def write(moment: int) -> None:
    with transaction.atomic():
        PhoneNumber.objects.update(fingerprint=str(moment))
        NumberState.objects.update(symbol=str(moment))
        Sync.objects.update(error_code=str(moment))


def written() -> set[int]:
    """Return the numbers in the tables: only one, if all were read from one snapshot."""
    texts = [
        *PhoneNumber.objects.values_list("fingerprint", flat=True),
        *NumberState.objects.values_list("symbol", flat=True),
        *Sync.objects.values_list("error_code", flat=True),
    ]
    return {int(text or -1) for text in texts}


if __name__ == "__main__":
    stop = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    for moment in count(1):
        write(moment)
        if moment == 1:
            print("writing", flush=True)  # noqa: T201 - for the test that waits
        if stop.is_set():
            break
