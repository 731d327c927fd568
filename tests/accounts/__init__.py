"""Tests of `accounts/`: who may sign in, and how."""

EMAIL = "ann@example.com"
ADMIN_EMAIL = "boss@example.com"
PASSWORD = "a long enough secret"
