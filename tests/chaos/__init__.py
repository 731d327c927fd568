"""The fault table: the product as it is installed, in real processes, while everything around it goes wrong.

`make chaos` runs all of it, `python -m tests.chaos --only NAME` the rows whose group or name holds NAME.
"""
