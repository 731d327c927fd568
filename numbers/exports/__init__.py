"""The lists as files: CSV for people and for machines, Excel, and JSON in the format of Quo's API.

This package does not know HTTP: a document is a lazy iterator of bytes.
"""
