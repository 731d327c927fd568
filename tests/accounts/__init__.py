"""Tests of `accounts/`: sign-in, roles and the access log."""
