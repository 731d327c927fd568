"""Search: the words of what people type, the texts they are looked for in, and PostgreSQL's index of those."""
