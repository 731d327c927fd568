"""Tests of the teammates' pages."""
