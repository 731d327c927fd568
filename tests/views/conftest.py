"""Fixtures of this folder's tests."""

from tests.support.people import admin, office, quo, viewer

__all__ = ["admin", "office", "quo", "viewer"]
