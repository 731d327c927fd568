"""Fixtures for the tests of the audit."""

from tests.support.people import office

__all__ = ["office"]
