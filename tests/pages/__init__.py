"""Tests of the pages, through Django's client and of the page modules."""
