"""Runs the fault table: `python -m tests.chaos [--only NAME] [--list] [--lanes N]`."""

import sys

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "must be imported before the app: see quo_admin/__init__.py"

from tests.chaos.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
