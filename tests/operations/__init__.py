"""Tests of `numbers/operations/` and of its commands."""
