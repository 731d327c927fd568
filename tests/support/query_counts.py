"""The number of database queries that every whole page needs."""

from collections.abc import Callable
from typing import Any

Pinned = Callable[..., Any]  # pytest-django's django_assert_num_queries
SESSION = 3  # the session, the user, their permissions
FRESHNESS = 1  # the last sync of the whole workspace
OWN = 1  # the last sync of the page's own subject
VERSION = 1
DEMO = 1  # whether the database holds demo data, for the banner of whole pages and for files
FRAGMENT = SESSION + FRESHNESS + VERSION
WHOLE = FRAGMENT + DEMO
