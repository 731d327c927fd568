"""Fixtures of this folder's tests."""

from tests.support.socket_activation import address

__all__ = ["address"]
