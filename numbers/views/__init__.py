"""Answers to requests: each reads parameters, calls a page and renders."""
