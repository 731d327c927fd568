"""The restrictions audit: every number and cell in groups, and the numbers that are unlike most of theirs."""
