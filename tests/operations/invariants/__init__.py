"""Tests of the invariants and of `manage.py verify`."""
