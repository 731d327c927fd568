"""Fixtures of this folder's tests."""

from tests.support.clients import admin, manager, quo

__all__ = ["admin", "manager", "quo"]
