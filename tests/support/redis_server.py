"""Runs a Redis server for a test, if one is installed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import environment, is_free, running_process, wait_until

REDIS = shutil.which("redis-server", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
PASSWORD = "hunter2"

needs_redis = pytest.mark.skipif(REDIS is None, reason="needs redis-server")


def url(port: int, password: str = PASSWORD) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


@contextmanager
def redis(folder: Path, port: int) -> Iterator[None]:
    """Run a Redis with PASSWORD and without persistence until the end of the block."""
    no_persistence = ("--save", "", "--appendonly", "no", "--dir", str(folder))
    command = [str(REDIS), "--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD, *no_persistence]
    with running_process(command, folder, environment(folder), folder / "redis.log") as process:
        wait_until(lambda: not is_free(port) or process.popen.poll() is not None, lambda: process.printed)
        assert process.popen.poll() is None, process.printed
        yield
