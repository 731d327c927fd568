"""Recognizes a web page where JSON is expected, such as the sign-in page of a hotel's network."""

import re

_BEGINNING = 4096  # bytes
_BLANK = b" \t\r\n\v\f"
_MARKS = b"\xef\xbb\xbf\xff\xfe"  # byte order marks


def is_web_page(body: bytes, content_type: str) -> bool:
    """Return whether a body is HTML, or XML, by its first character or else by its announced type.

    A body that begins like JSON is never a web page: some servers announce every answer as HTML.
    """
    text = body[:_BEGINNING].replace(b"\0", b"")  # UTF-16 has a NUL beside each ASCII character
    text = text.lstrip(_BLANK + _MARKS)
    if text[:1] in {b"{", b"["}:
        return False
    return text[:1] == b"<" or bool(text and re.match(r"\s*(text/html|application/xhtml)", content_type, re.IGNORECASE))
