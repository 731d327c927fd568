"""Pieces of a document, put together so that the network takes them."""

from collections.abc import Iterable, Iterator

BLOCK = 16 * 1024  # bytes; small, so that the first leaves soon


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what the pieces come to, in blocks of some size; only one is in memory."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
