"""Fixtures of this folder's tests."""

from tests.support.histories import history, office

__all__ = ["history", "office"]
