"""How many database queries every whole page needs, whatever it shows."""

from collections.abc import Callable
from typing import Any

Pinned = Callable[..., Any]  # pytest-django's django_assert_num_queries
SESSION = 3  # the session, who is signed in, what their role may do
FRESHNESS = 1  # the last sync about the whole workspace
OWN = 1  # the last sync about the page's own subject
VERSION = 1
WHOLE = SESSION + FRESHNESS + VERSION
