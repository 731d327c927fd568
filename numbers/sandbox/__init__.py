"""A Quo API of our own over real HTTP, for the demo and the tests."""
