"""Caches what is computed from one version of the memory. A version is immutable, so a cached result stays true."""

import pickle
from collections.abc import Callable
from functools import lru_cache, partial
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

from cachetools import LRUCache, cached
from cachetools.keys import hashkey

Params = ParamSpec("Params")
Result = TypeVar("Result")

MAX_BYTES = 64 * 1024 * 1024  # for all results of this process; the least recently used ones are dropped


def _size(result: object) -> int:
    return len(pickle.dumps(result))


_results: LRUCache[Any, Any] = LRUCache(MAX_BYTES, getsizeof=_size)
_lock = Lock()
_forget: list[Callable[[], None]] = []


def per_version(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Cache each result of `function`. Its arguments must determine the result: the version, or values read from it.

    Arguments must be hashable. Results must be immutable and picklable: the length of the pickle counts as the size.
    Two threads that ask at the same time may both compute the result.
    """
    return cached(_results, key=partial(hashkey, function), lock=_lock)(function)


def last_of_version(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Cache only the last result of `function`, which need not be picklable: for results too large to keep several."""
    kept = lru_cache(maxsize=1)(function)
    _forget.append(kept.cache_clear)
    return cast("Callable[Params, Result]", kept)  # its own type has no parameters


def forget_all() -> None:
    """Drop every cached result, as in a process that has just started."""
    with _lock:
        _results.clear()
    for forget in _forget:
        forget()
