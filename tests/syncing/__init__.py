"""Tests of `numbers/syncing/` and of `manage.py sync`."""
