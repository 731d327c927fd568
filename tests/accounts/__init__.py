"""Tests of `accounts/`: who may sign in, and how."""
