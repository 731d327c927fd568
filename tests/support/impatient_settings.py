"""The project's settings for a process that waits for a locked database a moment only, and may be told to read only."""

import os

from quo_admin.settings import *  # noqa: F403 - settings that build on others
from quo_admin.settings import DATABASES, SQLITE_OPTIONS

DATABASES["default"]["OPTIONS"] = {
    **SQLITE_OPTIONS,
    "timeout": 0.1,
    "init_command": f"{SQLITE_OPTIONS['init_command']} {os.environ.get('TESTED_PRAGMA', '')}",
}
