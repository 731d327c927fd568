"""Search: the words of a query, the texts that are searched, and PostgreSQL's index of them."""
