"""Fixtures of this folder's tests."""

from tests.support.clients import manager, quo

__all__ = ["manager", "quo"]
