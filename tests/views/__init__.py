"""Tests of `numbers/views/` and `numbers/templatetags/`: what holds for every page, and pages for machines."""
