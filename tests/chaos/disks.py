"""Disks that fill up or turn read-only, files that nobody may write, and why this machine cannot have them."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.chaos.checks import CheckFailed, check

DISK_BYTES = 24 << 20


@contextmanager
def tmpfs(folder: Path) -> Iterator[Path]:
    """Mount a small disk in memory."""
    disk = folder / "disk"
    disk.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "tmpfs", str(disk))
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _run(*command: str, good: Sequence[int] = (0,)) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    check(done.returncode in good, f"{command[0]}: {done.stderr.strip()}")


def _can_mount() -> bool:
    """Return whether this process can mount disks: only root on Linux can, and not in every container."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("mount"):
        return False
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


def fill(disk: Path, spare: int = 0) -> Path:
    """Fill a disk except for `spare` bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4_096))
    if spare:
        os.truncate(filler, filler.stat().st_size - spare)
    return filler


def protect(file: Path, how: str) -> None:
    _run("chattr", how, str(file))


class FailingDisk:
    """A disk whose file system turns read-only, as ext4 does when the device fails."""

    def __init__(self, folder: Path) -> None:
        self._image = folder / "image"
        self.mounted_at = folder / "disk"

    def __enter__(self) -> "FailingDisk":
        with self._image.open("wb") as image:
            image.truncate(DISK_BYTES)
        _run("mkfs.ext4", "-q", str(self._image))
        self.mounted_at.mkdir()
        self._mount()
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.mounted_at)], check=True)

    def _mount(self) -> None:
        _run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.mounted_at))

    def fail(self) -> None:
        os.sync()  # losing recent writes is another case
        _run("mount", "-o", "remount,abort", str(self.mounted_at))

    def repair(self) -> None:
        _run("umount", str(self.mounted_at))
        _run("fsck.ext4", "-p", str(self._image), good=(0, 1))
        self._mount()


def why_no_disks() -> str:
    return "" if _can_mount() else "needs root on Linux, and the right to mount"


def why_no_failing_disks() -> str:
    """Return why a file cannot be mounted as a disk here, or nothing."""
    if not _can_mount() or not shutil.which("mkfs.ext4"):
        return "needs root on Linux, mkfs.ext4, and the right to mount"
    with tempfile.TemporaryDirectory() as folder, suppress(CheckFailed), FailingDisk(Path(folder)):
        return ""
    return "needs loop devices"


def why_no_flags() -> str:
    """Return why files cannot be made immutable here, or nothing."""
    with tempfile.NamedTemporaryFile() as file, suppress(CheckFailed, OSError):
        protect(Path(file.name), "+i")
        protect(Path(file.name), "-i")
        return ""
    return "needs root on Linux, chattr, and a file system that supports it"
