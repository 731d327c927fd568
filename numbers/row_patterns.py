"""Draws the rows of a table of numbers: each pattern of a row once, with holes for what differs from row to row.

A template takes ten times as long to draw a row as it takes to fill one's holes. What goes into a hole is escaped, as
the template would have escaped it in that place. The cells, which have few patterns of their own, go in as one piece.
"""

import re
from functools import lru_cache
from html import escape  # as Django's own, without its care for lazy texts
from types import SimpleNamespace
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString

from numbers import drawing
from numbers.columns import Shown
from numbers.rows import NumberRow

_OF_ROW = ("key", "quo_id", "url", "symbol", "name", "number", "number_pretty", "more_in_words", "group")
_IF_ANY = ("more", "forward", "porting", "country")  # which the template looks at before it shows them
_OF_PERSON = ("user_id", "url", "in_query", "short_name", "email")
_BETWEEN_CELLS = re.compile(r"(?<=>)\s*\n\s*(?=<)")  # a browser would keep each of these line breaks
_HOLE = re.compile(r"<hole (\d+) (\w+)>")  # as escaped text holds no such sign, nothing from outside makes one

_Drawn = tuple[str, tuple[tuple[int, str, str], ...]]  # what comes first; then holes, each with what comes after it


class _Pattern(NamedTuple):
    """All that the template looks at, but for what stands in the holes."""

    shown: Shown
    is_list: bool
    kind: str
    people: int
    has: tuple[bool, ...]


def row_html(row: NumberRow, shown: Shown, *, is_list: bool) -> SafeString:
    """Return the row as `numbers/_row.html` draws it; in a list its teammates are links to the same list."""
    has = tuple(bool(getattr(row, name)) for name in _IF_ANY)
    first, holes = (_draw if settings.DEBUG else _drawn)(_Pattern(shown, is_list, row.kind, len(row.shown), has))
    cells = drawing.drawn("numbers/_cells.html", cells=row.cells, shown=shown)
    of = (row, *row.shown, SimpleNamespace(cells=cells))
    pieces = [first]
    for place, name, after in holes:
        value = getattr(of[place], name)
        pieces += (value if isinstance(value, SafeString) else escape(str(value)), after)
    return SafeString("".join(pieces))  # nosec B703 - each piece is escaped, or drawn from templates


def _draw(pattern: _Pattern) -> _Drawn:
    row = _with_holes(0, *_OF_ROW, *_IF_ANY)
    for name, is_there in zip(_IF_ANY, pattern.has, strict=True):
        if not is_there:
            setattr(row, name, "")
    row.kind = pattern.kind
    row.shown = [_with_holes(place, *_OF_PERSON) for place in range(1, pattern.people + 1)]
    cells = _with_holes(pattern.people + 1, "cells").cells
    html = drawing.draw("numbers/_row.html", row=row, cells=cells, shown=pattern.shown, is_list=pattern.is_list)
    first, *rest = _HOLE.split(_BETWEEN_CELLS.sub("", html))
    return first, tuple((int(place), name, after) for place, name, after in zip(*[iter(rest)] * 3, strict=True))


_drawn = lru_cache(maxsize=drawing.PIECES)(_draw)


def _with_holes(place: int, *names: str) -> SimpleNamespace:
    """Return an object whose every attribute is a hole; the names are our own."""
    return SimpleNamespace(**{name: SafeString(f"<hole {place} {name}>") for name in names})  # nosec B703
