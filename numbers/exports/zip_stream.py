"""Streams a zip archive. The size and checksum of each file follow its data."""

from collections.abc import Iterable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile


def stream_zip(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield an archive of `files`, each a name and its pieces, while they are read.

    If reading fails, the archive lacks its directory at the end, so no program opens it.
    """
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, pieces in files:
            with archive.open(name, "w") as file:
                for piece in pieces:
                    file.write(piece)
                    yield sink.drain()
    yield sink.drain()


class _Sink:
    """An unseekable file for ZipFile. Written data stays only until it is drained."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Do nothing; there is nothing to flush."""

    def close(self) -> None:
        """Do nothing; there is nothing to close."""

    def drain(self) -> bytes:
        """Return the data written since the last call."""
        data = bytes(self._written)
        self._written.clear()
        return data
