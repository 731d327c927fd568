"""Counts what a person did in these ten minutes, in all processes and, with Redis, on all machines."""

import time
from contextlib import suppress

from django.core.cache import cache
from redis.exceptions import RedisError

TEN_MINUTES = 600  # seconds


def times(what: str, person: int | None) -> int:
    """Return how often the person did that in these ten minutes; 0 if the cache does not answer."""
    try:
        return int(cache.get(_name(what, person), 0))
    except (OSError, RedisError):
        return 0


def count(what: str, person: int | None) -> None:
    """Count once more. If the cache does not answer, nothing is counted."""
    with suppress(OSError, RedisError, ValueError):  # ValueError: the count just expired
        cache.add(_name(what, person), 0, TEN_MINUTES)
        cache.incr(_name(what, person))


def _name(what: str, person: int | None) -> str:
    return f"{what}:{person}:{int(time.time() // TEN_MINUTES)}"
