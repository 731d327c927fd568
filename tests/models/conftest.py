"""Fixtures of this folder's tests."""

from tests.support.clients import manager
from tests.support.histories import syncer

__all__ = ["manager", "syncer"]
