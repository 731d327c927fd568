"""Pages are compressed if the browser accepts it."""

import gzip

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.support.pages import HTMX, LIST, PageClient, numbers_on, sync_all
from tests.support.quo_answers import number

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def filled(manager: PageClient) -> PageClient:
    sync_all(*(number(f"PN{place}") for place in range(50)))
    return manager


@pytest.mark.parametrize("path", [LIST, f"{LIST}?q=desk", "/numbers/PN1/", "/status/", "/saved/"])
def test_a_page_is_compressed_if_the_browser_accepts_it(filled: PageClient, path: str) -> None:
    response = filled.get(path, headers=GZIP)

    assert response.headers["Content-Encoding"] == "gzip"
    assert int(response.headers["Content-Length"]) == len(response.content)
    assert b"</html>" in gzip.decompress(response.content)


@pytest.mark.parametrize("headers", [HTMX, {**HTMX, "HX-Trigger": "refresh"}])
def test_a_fragment_is_compressed_too(filled: PageClient, headers: dict[str, str]) -> None:
    plain = filled.get(LIST, headers=headers)
    response = filled.get(LIST, headers={**headers, **GZIP})

    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.content) * 5 < len(plain.content)
    response.content = gzip.decompress(response.content)
    assert b"<html" not in response.content
    assert len(numbers_on(LexborHTMLParser(response.content.decode()))) == 50


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "identity"}])
def test_a_page_is_not_compressed_if_the_browser_does_not_accept_it(
    filled: PageClient, headers: dict[str, str]
) -> None:
    response = filled.get(LIST, headers=headers)

    assert "Content-Encoding" not in response.headers
    assert b"</html>" in response.content


@pytest.mark.parametrize("headers", [{}, GZIP, HTMX, {**HTMX, **GZIP}])
def test_caches_store_compressed_pages_separately(filled: PageClient, headers: dict[str, str]) -> None:
    vary = filled.get(LIST, headers=headers).headers["Vary"]

    assert "Accept-Encoding" in vary.split(", ")


def test_the_length_of_a_compressed_page_varies(filled: PageClient) -> None:
    """A fixed length would leak content to a BREACH attack."""
    lengths = {len(filled.get("/numbers/PN1/", headers=GZIP).content) for _ in range(12)}

    assert len(lengths) > 1


def test_a_short_answer_is_not_compressed(filled: PageClient) -> None:
    response = filled.get("/healthz", headers=GZIP)

    assert "Content-Encoding" not in response.headers
