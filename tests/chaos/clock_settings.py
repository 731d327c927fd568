"""The project's settings with a clock that is wrong by the number of seconds in the file CHAOS_CLOCK.

The file is read for each call, so the clock can jump while processes run. `time.monotonic` is not affected, as on
a real machine.
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


# This must happen before the app is imported, so that everything uses this clock.
time.time = _wrong_time
timezone.now = _wrong_now
