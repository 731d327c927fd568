"""The fault table: runs the installed product in real processes and breaks everything around it.

`make chaos` runs all cases; `python -m tests.chaos --only NAME` runs those with NAME in their group or name.
"""
