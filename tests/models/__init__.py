"""Tests of `numbers/models/` and `numbers/migrations/`."""
