"""Somebody from the office who is signed in, as the pages have them."""

from tests.pages.conftest import office

__all__ = ["office"]
