"""Fixtures of this folder's tests."""

from tests.support.histories import syncer

__all__ = ["syncer"]
