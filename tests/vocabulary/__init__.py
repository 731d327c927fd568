"""Tests of `numbers/vocabulary/`."""
