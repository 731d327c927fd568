"""What `make bench` runs: how long pages, syncs and exports take, beside what their bytes cost anyway.

Figures of one machine at one moment are noise. What counts are the ratios within one run: each page is asked in turn
with its floor, an authenticated view of the same project that returns the same bytes as a constant, and each sync
stands beside `json.loads` of the answer that it read. No test is timed; this is.
"""

import quo_admin  # noqa: F401 - lends `numbers` its folder
