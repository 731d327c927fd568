"""Fixtures for the tests of saved filters and chosen columns."""

from tests.support.people import admin, office

__all__ = ["admin", "office"]
