"""Somebody from the office who is signed in, and a Quo to ask: as the other pages have them."""

from tests.pages.conftest import office, quo

__all__ = ["office", "quo"]
