"""Empties the caches of the process."""

from numbers.memory.cache import forget_all


def clear_caches() -> None:
    """Empty all caches, as after a restart."""
    forget_all()
