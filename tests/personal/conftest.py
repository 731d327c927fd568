"""Fixtures for the tests of saved filters and chosen columns."""

from tests.support.clients import admin, manager

__all__ = ["admin", "manager"]
