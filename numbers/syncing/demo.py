"""Where the demo workspace answers: `manage.py run` notes it, every other process of this copy reads it.

A note for each port, so that two copies that share a data folder keep to their own demo workspace.
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
    """Write the note, readable by this user only. Raises OSError."""
    path = note_path()
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(address)))
    draft.replace(path)


def noted_address() -> DemoAddress | None:
    """Return the running demo workspace's address, or None where none is noted."""
    try:
        return DemoAddress(**json.loads(note_path().read_text()))
    except (OSError, ValueError, TypeError):
        return None
