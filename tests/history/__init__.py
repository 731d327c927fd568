"""Tests of `numbers/history/`."""
