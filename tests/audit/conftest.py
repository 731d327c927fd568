"""Somebody from the office who looks at the audit."""

from tests.pages.conftest import office

__all__ = ["office"]
