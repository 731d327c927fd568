"""The address of the demo workspace: `manage.py run` writes it to a file, and other processes read it there.

There is a file for each port, so that two copies with the same data folder use their own demo workspace.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class DemoAddress:
    """The sandbox's address and the key it accepts."""

    url: str
    key: str


def note_path() -> Path:
    return Path(settings.DATA_DIR) / f"demo-{settings.PORT}.json"


def note_address(address: DemoAddress) -> None:
    """Write the address to a file that only this user can read. Raises OSError."""
    path = note_path()
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(address)))
    draft.replace(path)


def noted_address() -> DemoAddress | None:
    """Return the address of the running demo workspace, or None if there is none."""
    try:
        return DemoAddress(**json.loads(note_path().read_text()))
    except (OSError, ValueError, TypeError):
        return None
