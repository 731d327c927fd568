"""Addresses of pages that a page names many times."""

from functools import cache

from django.urls import get_script_prefix, reverse


def path_of(name: str) -> str:
    """Return the path of the page with this name in the URL configuration, which takes no arguments."""
    return _path(name, get_script_prefix())


@cache
def _path(name: str, _prefix: str) -> str:
    return reverse(name)
