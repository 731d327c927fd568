"""What `make bench` runs: the time of pages, syncs and exports, as ratios within one run.

Milliseconds of one machine at one moment are noise. So each page is requested in turn with its floor, a signed-in view
of the same project that returns the same bytes as a constant, and each sync is compared with `json.loads` of the answer
that it read. No test is timed; this is.
"""

import quo_admin
