"""Fixtures of this folder's tests."""

from tests.support.clients import admin, manager

__all__ = ["admin", "manager"]
