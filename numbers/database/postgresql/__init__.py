"""PostgreSQL as Django knows it, but a page does not wait for a server that hangs."""
