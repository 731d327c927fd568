"""Fixtures for the tests of the memory."""

from tests.support.histories import syncer

__all__ = ["syncer"]
