"""Fixtures for the tests of the audit."""

from tests.support.clients import manager

__all__ = ["manager"]
