"""Fixtures of this folder's tests."""

from tests.support.clients import manager

__all__ = ["manager"]
