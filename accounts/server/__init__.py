"""The commands about people on the server. An app of its own: two of them stand before Django's of the same name."""
