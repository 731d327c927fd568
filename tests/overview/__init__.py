"""The start page: whether anything is wrong, and what changed lately."""
