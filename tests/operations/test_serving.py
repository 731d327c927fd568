"""How the server prepares its processes."""

import gc

from numbers.operations.serving import Server


def test_garbage_collection_skips_preloaded_objects() -> None:
    assert gc.get_freeze_count() == 0
    try:
        Server({}).load()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
