"""Where the collected static files are: each collection in a folder of its own, which nothing changes afterwards.

A process serves from the folder that was the newest at its start until it ends; so what it serves never goes away
under it, nor changes. `manage.py collect` makes the next one.
"""

from pathlib import Path

_UNNUMBERED = "static"  # an older version's only one


def folders(build: Path) -> list[Path]:
    """Return the collections that are there, in the order in which they were made."""
    found = [path for path in build.glob(f"{_UNNUMBERED}*") if path.name == _UNNUMBERED or _number(path)]
    return sorted(found, key=_number)


def newest(build: Path) -> Path:
    """Return the folder to serve from, which is not there before the first collection."""
    return (folders(build) or [build / _UNNUMBERED])[-1]


def following(build: Path) -> Path:
    """Return the folder of the next collection."""
    return build / f"{_UNNUMBERED}-{_number(newest(build)) + 1}"


def _number(folder: Path) -> int:
    number = folder.name.removeprefix(f"{_UNNUMBERED}-")
    return int(number) if number.isdecimal() else 0
