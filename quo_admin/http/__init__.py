"""HTTP with limits on time and size, for Quo's API and for company sign-in."""
