"""Tests of `numbers/database/`."""
