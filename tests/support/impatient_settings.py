"""The project's settings with a short database timeout and an optional extra pragma."""

import os

from quo_admin.settings import *  # noqa: F403 - settings that build on others
from quo_admin.settings import DATABASES, SQLITE_OPTIONS

DATABASES["default"]["OPTIONS"] = {
    **SQLITE_OPTIONS,
    "timeout": 0.1,
    "init_command": f"{SQLITE_OPTIONS['init_command']} {os.environ.get('TESTED_PRAGMA', '')}",
}
