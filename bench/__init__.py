"""`make bench` measures the time of pages, syncs and exports, as ratios within one run.

Milliseconds depend on the machine and its load. So requests for a page alternate with requests for its floor: a
signed-in view of the same project that returns the same bytes as a constant. Each sync is compared with `json.loads`
of its answer.
"""

import quo_admin  # noqa: F401 - sets the path of the package `numbers`
