"""Fixtures for the tests of the memory."""

from tests.support.histories import office

__all__ = ["office"]
