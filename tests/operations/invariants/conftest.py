"""Fixtures of this folder's tests."""

from tests.support.histories import history, syncer

__all__ = ["history", "syncer"]
