"""Fast URLs of pages that a page links to many times."""

from functools import cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse


def path_of(name: str, **arguments: str) -> str:
    """Return the path of the page with this URL name. Cached without limit, so arguments must have few values."""
    return _path(name, get_script_prefix(), **arguments)


def number_url(quo_id: str) -> str:
    """Return the URL of a number's page. An id may contain any character, so it is percent-encoded."""
    return f"{path_of('numbers:list')}{quote(quo_id, safe='')}/"


def teammate_url(user_id: str) -> str:
    """Return the URL of a teammate's page, percent-encoded like a number's."""
    return f"{path_of('numbers:teammates')}{quote(user_id, safe='')}/"


@cache
def _path(name: str, _prefix: str, **arguments: str) -> str:
    return reverse(name, kwargs=arguments)
