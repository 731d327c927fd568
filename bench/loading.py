"""`python -m bench.loading FILE`: what it costs to make Python's own lists and dicts of an answer.

Prints JSON as `bench.syncing` does: `seconds` is the median of some times, `peak_bytes` is beyond the answer itself.
"""

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

from bench.machine import Memory

TIMES = 3


def main(file: Path) -> None:
    answer = file.read_bytes()
    memory = Memory([os.getpid()])
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        json.loads(answer)
        seconds.append(time.perf_counter() - began)
    cost = {"seconds": median(seconds), "queries": 0, "changed": 0, "peak_bytes": memory.highest()}
    sys.stdout.write(json.dumps(cost) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
