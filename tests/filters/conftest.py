"""Fixtures of this folder's tests."""

from tests.support.people import office

__all__ = ["office"]
