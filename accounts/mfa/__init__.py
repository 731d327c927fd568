"""The second step after a password, and passkeys, which replace the password."""
