"""The content of each page, read from memory."""
