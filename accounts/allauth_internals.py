"""The only use of allauth's private code: its counts of attempts. A test of the same name notices changes in it."""

from collections.abc import Iterator

from allauth.core.internal.ratelimit import Rate, get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest


def attempts(request: HttpRequest, *, app: str, action: str, key: str = "") -> Iterator[tuple[Rate, list[float]]]:
    """Yield each rate limit on the action with the times of the attempts it has counted, newest first."""
    for rate in get_rates(app=app, action=action):
        yield rate, cache.get(get_cache_key(request, app=app, action=action, rate=rate, key=key), [])
