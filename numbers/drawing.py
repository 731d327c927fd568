"""Draws each piece of a page once. A recorded state never changes, so what was drawn from it stays true.

A piece is kept under all that it shows: another state, another name, another choice of columns is another piece.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString

PIECES = 2048  # rows of forty pages; with a symbol in each, which takes four bytes a character, some 20 MB


def drawn(template: str, **shows: Hashable) -> SafeString:
    """Return what `template` makes of `shows`, which is all that it may look at: no time, no person, no request."""
    return (_draw if settings.DEBUG else _drawn)(template, **shows)


def _draw(template: str, **shows: Hashable) -> SafeString:
    return cast("SafeString", get_template(template).render(shows))  # as the backend of Django gives it


_drawn = lru_cache(maxsize=PIECES)(_draw)
