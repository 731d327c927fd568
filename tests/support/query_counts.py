"""How many database queries every whole page needs, whatever it shows."""

from collections.abc import Callable
from typing import Any

Pinned = Callable[..., Any]  # pytest-django's django_assert_num_queries
SESSION = 3  # the session, who is signed in, what their role may do
FRESHNESS = 1  # the last syncs about the page and about the whole workspace
VERSION = 1
WHOLE = SESSION + FRESHNESS + VERSION
