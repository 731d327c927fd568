"""`python -m bench.syncing`: one sync in a process of its own; prints what it cost as JSON.

`peak_bytes` is the most memory that the process had at any moment of the sync, less what it had right before, when
all was imported: the answer, what is read from it and what the database is told, together.
"""

import json
import os
import sys
import time

import django

from bench.counting import counted
from bench.machine import Memory


def main() -> None:
    django.setup()
    from numbers import services  # noqa: PLC0415 - settings first
    from numbers.models import Sync  # noqa: PLC0415
    from numbers.sync import WORKSPACE  # noqa: PLC0415

    with counted() as queries:
        memory = Memory([os.getpid()])
        began = time.perf_counter()
        sync = services.run_sync(WORKSPACE)
        seconds = time.perf_counter() - began
    if sync.outcome != Sync.Outcome.SUCCEEDED:
        sys.exit(sync.error_sentence)
    cost = {
        "seconds": seconds,
        "queries": queries.count,
        "changed": sync.new + sync.changed,
        "peak_bytes": memory.highest(),
    }
    sys.stdout.write(json.dumps(cost) + "\n")


if __name__ == "__main__":
    main()
