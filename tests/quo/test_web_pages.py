"""Web pages where JSON is expected."""

import pytest

from numbers.quo.web_pages import is_web_page

JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"
PAGE = "<!DOCTYPE html>\n<html><title>Sign in</title></html>"


@pytest.mark.parametrize(
    "page",
    [
        PAGE.encode(),
        PAGE.lower().encode(),
        b"\r\n\t  " + PAGE.encode(),
        PAGE.encode("utf-8-sig"),
        b"\n" + PAGE.encode("utf-8-sig"),
        PAGE.encode("utf-16"),
        PAGE.encode("utf-16-le"),
        PAGE.encode("utf-16-be"),
        b"<!-- hotel -->\n" + PAGE.encode(),
        b"<?xml version='1.0'?>" + PAGE.encode(),
        b"<HTML>",
        b"<script>location = '/sign-in'</script>",
        b"<meta http-equiv=refresh content='0;url=/sign-in'>",
        b"<h1>Cut sho",
        b"<Error><Code>AccessDenied</Code></Error>",
    ],
)
@pytest.mark.parametrize("content_type", [HTML, JSON, "text/plain", "application/octet-stream", ""])
def test_a_page_is_recognized_whatever_it_claims_to_be(page: bytes, content_type: str) -> None:
    assert is_web_page(page, content_type)


@pytest.mark.parametrize("content_type", [HTML, "TEXT/HTML", " text/html", "application/xhtml+xml"])
@pytest.mark.parametrize("page", [b"Please sign in.", b"\xff\xfb\x90 packed by something unknown", b"&nbsp;"])
def test_anything_but_json_that_is_announced_as_a_page_is_one(page: bytes, content_type: str) -> None:
    assert is_web_page(page, content_type)


@pytest.mark.parametrize(
    "answer",
    [b'{"data": []}', b' \n{"data": []}', b'\xef\xbb\xbf{"data": []}', b'{"message": "<html>"}', b"[]", b'{"data": ['],
)
@pytest.mark.parametrize("content_type", [HTML, JSON, ""])
def test_json_is_never_a_page(answer: bytes, content_type: str) -> None:
    assert not is_web_page(answer, content_type)


@pytest.mark.parametrize("content_type", [JSON, "text/plain", ""])
@pytest.mark.parametrize("body", [b"", b" ", b"upstream connect error", b"null", b"\0", b"\x1f\x8b\x08\x00"])
def test_other_text_is_not_a_page(body: bytes, content_type: str) -> None:
    assert not is_web_page(body, content_type)


@pytest.mark.parametrize("body", [b"", b" \n", b"\xef\xbb\xbf"])
def test_nothing_is_not_a_page(body: bytes) -> None:
    assert not is_web_page(body, HTML)
