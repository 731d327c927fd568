#!/usr/bin/env python
"""Django's command line for Quo Admin."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quo_admin.settings")
    from quo_admin.env import SettingsError

    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. `make setup` installs it, then use .venv/bin/python.")
    try:
        execute_from_command_line(sys.argv)
    except SettingsError as error:
        prefix = "✗ settings      " if sys.argv[1:2] == ["doctor"] else ""
        sys.exit(f"{prefix}{error}")


if __name__ == "__main__":
    main()
