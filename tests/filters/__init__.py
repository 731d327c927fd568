"""Tests of `numbers/filters/`, mostly through the list pages."""
