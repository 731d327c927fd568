"""The QR code for an authenticator app, as the path of an SVG: the pages' policy allows no image within them."""

from dataclasses import dataclass

import qrcode  # type: ignore[import-untyped]


@dataclass(frozen=True)
class QR:
    """`size` squares in each direction, margin included; `path` draws the dark ones."""

    size: int
    path: str


def drawn(text: str) -> QR:
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, is_dark in enumerate(row) if is_dark)
    return QR(len(matrix), "".join(squares))
