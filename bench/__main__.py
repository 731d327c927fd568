"""`make bench`: `python -m bench [SIZE ...] [--rounds N] [--no-browser]`."""

import sys

from bench.running import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
