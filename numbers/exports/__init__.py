"""The lists as files: CSV for people and for machines, Excel, and JSON in the words of Quo's API.

Nothing here knows HTTP: a document is an iterator of bytes, made while it is read.
"""
