"""What the program caches of a version of the memory, and how a test empties it."""

from numbers.memory.cache import forget_all


def forget() -> None:
    """Go on as a program that has just started: nothing is cached."""
    forget_all()
