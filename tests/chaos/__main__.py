"""Runs the fault table: `python -m tests.chaos [--only NAME] [--list] [--lanes N]`."""

import sys

import quo_admin

if __name__ == "__main__":
    assert quo_admin.__version__, "imported before anything of the app: see there"

from tests.chaos.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
