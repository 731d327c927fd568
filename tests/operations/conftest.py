"""Fixtures of this folder's tests."""

from tests.support.people import admin, office

__all__ = ["admin", "office"]
