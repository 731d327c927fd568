"""The project's settings on a machine whose clock is wrong by the seconds that stand in the file CHAOS_CLOCK.

The file is read each time somebody asks for the time, so the clock can jump under processes that run. What measures how
long something takes (`time.monotonic`) goes on as it does on such a machine.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from quo_admin.settings import *  # noqa: F403 - settings that build on others

_file = Path(os.environ["CHAOS_CLOCK"])
_right_time = time.time


def _wrong_by() -> float:
    return float(_file.read_text())


def _wrong_time() -> float:
    return _right_time() + _wrong_by()


def _wrong_now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_wrong_by())


# Before anything of the app is imported: whoever takes "now" takes this one.
time.time = _wrong_time
timezone.now = _wrong_now
