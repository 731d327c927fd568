"""Fixtures of this folder's tests."""

from tests.support.histories import office

__all__ = ["office"]
