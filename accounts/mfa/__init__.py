"""The second step of signing in with a password, and passkeys, which need no password."""
