"""Tests of the pages: through Django's client, and of the modules that they are drawn with."""
