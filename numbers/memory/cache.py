"""Caches what is computed from one version of the memory. A version is immutable, so a cached result stays true."""

import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, wraps
from operator import attrgetter
from threading import Lock
from typing import Any, ParamSpec, TypeVar, cast

from cachetools import LRUCache

Params = ParamSpec("Params")
Result = TypeVar("Result")

MAX_BYTES = 64 * 1024 * 1024  # for all results of this process; the least recently used ones are dropped
OBJECTS = 4  # times the length of their pickle is what objects take in memory


@dataclass(frozen=True, slots=True)
class _Kept:
    """A result and how many bytes it takes, with its arguments."""

    result: Any
    size: int


_results: LRUCache[Any, _Kept] = LRUCache(MAX_BYTES, getsizeof=attrgetter("size"))
_lock = Lock()
_forget: list[Callable[[], None]] = []


def per_version(function: Callable[Params, Result]) -> Callable[Params, Result]:
    """Cache each result of `function`. Its arguments must determine the result: the version, or values read from it.

    Arguments must be hashable. Results must be immutable and picklable. A result too large for the cache is not kept.
    Two threads that ask at the same time may both compute the result.
    """

    @wraps(function)
    def cached(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        key = (function, args, *sorted(kwargs.items()))
        with _lock:
            kept = _results.get(key)
        if kept is None:
            result = function(*args, **kwargs)
            kept = _Kept(result, _size(result) + sum(map(_texts, (*args, *kwargs.values()))))
            with _lock, suppress(ValueError):  # too large
                _results[key] = kept
        return cast("Result", kept.result)

    return cached


def _size(result: object) -> int:
    """Return about how many bytes a result takes in memory."""
    return sys.getsizeof(result) if isinstance(result, str) else OBJECTS * len(pickle.dumps(result))


def _texts(argument: object, depth: int = 2) -> int:
    """Return how many bytes the texts in an argument take, such as the search of a page's filters.

    The rest of an argument is small, or counted as a result. It may not be pickled: a lazy object would run queries.
    """
    if isinstance(argument, str):
        return sys.getsizeof(argument)
    return sum(_texts(value, depth - 1) for value in getattr(argument, "__dict__", {}).values()) if depth else 0


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
