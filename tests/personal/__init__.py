"""Tests of `numbers/personal/` through its pages."""
