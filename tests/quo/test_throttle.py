import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from numbers.quo.throttle import Throttle


class Clock:
    """A fake clock that advances only by sleeping."""

    def __init__(self, now: float = 1000) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def throttled(path: Path, clock: Clock) -> Throttle:
    return Throttle(path, clock=clock, sleep=clock.sleep)


def assert_within_limit(times: list[float]) -> None:
    """Check that no second has more than ten requests, even with varying latency."""
    for first, eleventh in zip(times, times[10:], strict=False):
        assert eleventh - first > 1.02


def test_no_second_has_more_than_ten_requests(tmp_path: Path) -> None:
    clock, times = Clock(), []
    throttle = throttled(tmp_path / "last", clock)

    for _ in range(40):
        throttle()
        times.append(clock())

    assert_within_limit(times)
    assert times[-1] - times[0] < 4.2


def test_there_is_no_wait_after_a_quiet_second(tmp_path: Path) -> None:
    clock = Clock()
    throttle = throttled(tmp_path / "last", clock)
    throttle()
    clock.now += 1
    before = clock()

    throttle()

    assert clock() == before


def test_two_throttles_share_one_file(tmp_path: Path) -> None:
    clock = Clock()
    throttled(tmp_path / "last", clock)()
    before = clock()

    throttled(tmp_path / "last", clock)()

    assert clock() - before > 0.1


def test_a_process_that_wakes_late_does_not_let_the_next_go_early(tmp_path: Path) -> None:
    clock, times = Clock(), []

    def oversleep(seconds: float) -> None:
        clock.now += seconds + 0.7

    for sleep in (oversleep, clock.sleep, clock.sleep):
        Throttle(tmp_path / "last", clock=clock, sleep=sleep)()
        times.append(clock())

    assert times[1] - times[0] > 0.1


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"nan", b"inf", b"-1", b"9e99", b"1000.5", b"soon", b"1" * 5000])
def test_a_file_without_a_past_time_counts_as_now(tmp_path: Path, content: bytes) -> None:
    clock = Clock(now=1000)
    (tmp_path / "last").write_bytes(content)

    throttled(tmp_path / "last", clock)()

    assert 0.1 < clock() - 1000 < 0.2
    assert float((tmp_path / "last").read_text()) == clock()


def test_a_file_from_before_a_restart_counts_as_now(tmp_path: Path) -> None:
    throttled(tmp_path / "last", Clock(now=9_000_000))()
    clock = Clock(now=3)

    throttled(tmp_path / "last", clock)()

    assert clock() < 3.2


def test_a_file_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "last").mkdir()

    with pytest.raises(OSError, match="last"):
        throttled(tmp_path / "last", Clock())()


def test_a_folder_that_is_a_file_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()

    with pytest.raises(OSError, match="folder"):
        throttled(tmp_path / "folder" / "last", Clock())()


def test_a_turn_that_takes_too_long_is_an_os_error(tmp_path: Path) -> None:
    with FileLock(f"{tmp_path / 'last'}.lock"), pytest.raises(OSError, match="lock"):
        Throttle(tmp_path / "last", patience=0)()


def test_a_killed_holder_releases_the_lock(tmp_path: Path) -> None:
    holder = (
        "import sys, quo_admin; from pathlib import Path; from numbers.quo.throttle import Throttle;"
        "Throttle(Path(sys.argv[1]), sleep=lambda _: (print('held', flush=True), sys.stdin.read()))()"
    )
    command = [sys.executable, "-c", holder, str(tmp_path / "last")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(OSError, match="lock"):
            Throttle(tmp_path / "last", patience=0)()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    Throttle(tmp_path / "last", patience=0)()


class Stamps:
    """The real clock, which remembers its last time: when the throttle returned."""

    last = 0.0

    def __call__(self) -> float:
        self.last = time.monotonic()
        return self.last


def _send(path: Path, times: int) -> list[float]:
    clock = Stamps()
    throttle, sent = Throttle(path, per_second=100, clock=clock), []
    for _ in range(times):
        throttle()
        sent.append(clock.last)
    return sent


def test_processes_share_the_limit(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        both = [pool.submit(_send, tmp_path / "last", 15) for _ in range(2)]
        times = sorted(both[0].result() + both[1].result())

    assert_within_limit([moment * 10 for moment in times])


def test_threads_share_the_limit(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        all_three = [pool.submit(_send, tmp_path / "last", 10) for _ in range(3)]
        times = sorted(moment for one in all_three for moment in one.result())

    assert_within_limit([moment * 10 for moment in times])
