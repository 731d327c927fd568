"""What this machine is, and how much memory its processes take, which /proc alone tells: on Linux."""

import os
import platform
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MB = 1_000_000
FORGET_PEAK = "5"  # to clear_refs, proc_pid_clear_refs(5): a process's highest memory so far is what it has now


@dataclass(frozen=True)
class Machine:
    """Runs on machines of the same size are held against each other."""

    cpus: int
    memory_gb: int

    @property
    def name(self) -> str:
        return f"{self.cpus}cpu-{self.memory_gb}gb"


def this_machine() -> Machine:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(os.cpu_count() or 1, round(memory / 1024**3))


def described() -> dict[str, str]:
    """What else tells one machine from another."""
    return {"system": platform.system(), "processor": platform.machine(), "python": platform.python_version()}


def resident(process: int) -> int | None:
    """Return the bytes of memory that a process has now (RSS); None where this machine does not tell."""
    return _status(process, "VmRSS")


def workers_of(process: int) -> list[int]:
    """Return the ids of a process's children; none where this machine does not tell."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


class Memory:
    """What some processes take beyond what they had when this was made.

    Their peak (VmHWM) and not getrusage's, which begins with that of the process that started them.
    """

    def __init__(self, processes: Collection[int]) -> None:
        for process in processes:
            with suppress(OSError):
                Path(f"/proc/{process}/clear_refs").write_text(FORGET_PEAK)
        self._before = {process: resident(process) for process in processes}

    def highest(self) -> int | None:
        """Return the bytes by which the one that grew most was larger at its peak; None where nothing tells."""
        peaks = [(before, _status(process, "VmHWM")) for process, before in self._before.items() if before is not None]
        return max((max(0, peak - before) for before, peak in peaks if peak is not None), default=None)


def _status(process: int, name: str) -> int | None:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), None)
