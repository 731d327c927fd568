"""The folders of collected static files. Each collection has its own folder and is immutable.

A process serves from the folder that was the newest at its start, so its files never change or disappear while it runs.
`manage.py collect` makes the next folder.
"""

from pathlib import Path

_UNNUMBERED = "static"  # the only folder of older versions


def folders(build: Path) -> list[Path]:
    """Return the existing collections, oldest first."""
    found = [path for path in build.glob(f"{_UNNUMBERED}*") if path.name == _UNNUMBERED or _number(path)]
    return sorted(found, key=_number)


def newest(build: Path) -> Path:
    """Return the folder to serve from, which does not exist before the first collection."""
    return (folders(build) or [build / _UNNUMBERED])[-1]


def following(build: Path) -> Path:
    """Return the folder of the next collection."""
    return build / f"{_UNNUMBERED}-{_number(newest(build)) + 1}"


def _number(folder: Path) -> int:
    number = folder.name.removeprefix(f"{_UNNUMBERED}-")
    return int(number) if number.isdecimal() else 0
