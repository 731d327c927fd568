"""Tests of `numbers/views/` and `numbers/templatetags/`: rules for every page, and endpoints for machines."""
