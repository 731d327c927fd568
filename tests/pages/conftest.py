"""Fixtures of this folder's tests."""

from tests.support.people import office, quo

__all__ = ["office", "quo"]
