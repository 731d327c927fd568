"""Streams a zip archive. The size and checksum of each file follow its data."""

from collections.abc import Iterable, Iterator
from io import BytesIO, UnsupportedOperation
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


class _Sink(BytesIO):
    """A file for ZipFile. Written data stays only until it is drained."""

    def tell(self) -> int:
        """Tell ZipFile that it cannot go back."""
        raise UnsupportedOperation

    def drain(self) -> bytes:
        """Return the data written since the last call."""
        data = self.getvalue()
        self.seek(0)
        self.truncate()
        return data
