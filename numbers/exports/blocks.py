"""Joins small pieces of a document into blocks for the network."""

from collections.abc import Iterable, Iterator

BLOCK = 16 * 1024  # bytes; small, so that the download starts soon


def blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces joined into blocks. Only one block is in memory."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)
