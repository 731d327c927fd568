"""Draws each piece of a page once. A recorded state never changes, so what was drawn from it stays true.

A piece is kept under all that it shows: another state, another name, another choice of columns is another piece.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString

PIECES = 2048  # rows of forty pages; with a symbol in each, which takes four bytes a character, some 20 MB
TOKEN = SafeString("<token>")  # in the place of a form's token; escaped text holds no such sign
SECTIONS = 96  # large parts of a page, of up to some 200 kB each


def drawn(template: str, **shows: Hashable) -> SafeString:
    """Return what `template` makes of `shows`, which is all that it may look at.

    Who reads it, what they may do and the zone of their times are among them where it shows any of that.
    """
    return (draw if settings.DEBUG else _drawn)(template, **shows)


def draw(template: str, **shows: Any) -> SafeString:
    """Return the same without keeping it."""
    # As Django's own backend gives it.
    return cast("SafeString", get_template(template).render({**shows, "csrf_token": TOKEN}))


_drawn = lru_cache(maxsize=PIECES)(draw)


def drawn_section(template: str, **shows: Hashable) -> SafeString:
    """The same for a large part of a page, of which fewer are kept."""
    if settings.DEBUG:
        return draw(template, **shows)
    return SafeString(str(_drawn_section(template, **shows), "utf-8"))  # nosec B703 - drawn from templates


@lru_cache(maxsize=SECTIONS)
def _drawn_section(template: str, **shows: Hashable) -> bytes:
    """As bytes: one symbol in a text makes each of its characters take four."""
    return draw(template, **shows).encode()
