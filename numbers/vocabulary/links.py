"""Addresses of pages that a page names many times."""

from functools import cache

from django.urls import get_script_prefix, reverse


def path_of(name: str, **arguments: str) -> str:
    """Return the path of the page with this name in the URL configuration; of arguments there are few values."""
    return _path(name, get_script_prefix(), **arguments)


@cache
def _path(name: str, _prefix: str, **arguments: str) -> str:
    return reverse(name, kwargs=arguments)
