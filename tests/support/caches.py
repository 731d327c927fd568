"""Empties the caches of the process."""

import shutil

from django.conf import settings
from django.core.cache import cache

from numbers.memory.cache import forget_all


def clear_caches() -> None:
    """Empty all caches, as after a restart."""
    forget_all()
    cache.clear()
    shutil.rmtree(settings.DATA_DIR / "exports", ignore_errors=True)  # slots of responses that nobody closed
