"""Parse query strings into filters, turn filters into queries, and describe them in words."""
