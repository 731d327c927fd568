"""The memory of a process, as /proc tells it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.machine import MB, Machine, Memory, resident, workers_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no /proc")

# Takes 50 MB and gives them back at each line that it reads.
GREEDY = "import sys\nfor line in sys.stdin:\n    b'x' * 50_000_000; print(flush=True)"


@pytest.fixture
def greedy() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def _be_greedy(process: "subprocess.Popen[str]") -> None:
    assert process.stdin and process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    process.stdout.readline()


def test_what_a_process_gave_back_already_counts(greedy: "subprocess.Popen[str]") -> None:
    _be_greedy(greedy)
    memory = Memory([greedy.pid])
    _be_greedy(greedy)
    assert 40 * MB < (memory.highest() or 0) < 80 * MB


def test_what_it_took_before_does_not_count(greedy: "subprocess.Popen[str]") -> None:
    _be_greedy(greedy)
    assert (Memory([greedy.pid]).highest() or 0) < 10 * MB


def test_of_several_the_one_that_grew_most_counts(greedy: "subprocess.Popen[str]") -> None:
    memory = Memory([os.getpid(), greedy.pid])
    _be_greedy(greedy)
    assert (memory.highest() or 0) > 40 * MB


def test_the_workers_are_the_children(greedy: "subprocess.Popen[str]") -> None:
    assert greedy.pid in workers_of(os.getpid())


def test_of_a_process_that_has_gone_nothing_is_told(greedy: "subprocess.Popen[str]") -> None:
    greedy.kill()
    greedy.wait()
    assert resident(greedy.pid) is None
    assert Memory([greedy.pid]).highest() is None


def test_a_machine_is_known_by_its_size() -> None:
    assert Machine(cpus=2, memory_gb=24).name == "2cpu-24gb"
