"""Tests of `numbers/filters/`, mostly through the pages that filter."""
