"""A zip archive that leaves while it is made: what the files in it come to is told behind each of them."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield the archive of `files`, each a name and its pieces, bit by bit.

    Where the pieces fail, so does this, before the directory at the archive's end without which nothing opens it.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, pieces in files:
            with archive.open(name, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.taken()
    yield sink.taken()


class _Sink:
    """A file that cannot be sought in, as ZipFile takes it: what is written is handed on and not kept."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """There is nowhere to flush to."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> bytes:
        """Return what was written since this was asked last."""
        taken = bytes(self._written)
        self._written.clear()
        return taken
