"""Proxies and certificates that the environment names, on the way to Quo."""

from pathlib import Path

import pytest

from quo_admin.http.environment import values_of
from tests.support.misbehaving_server import answer, cuts, serve
from tests.support.quo_answers import KEY
from tests.support.quo_sessions import MAX_BYTES, Open, fails


def test_a_proxy_from_the_environment_is_used(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(answer(b"by proxy")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        reply = open_session("http://quo.invalid").fetch("http://quo.invalid/v1", MAX_BYTES)

    assert reply.body == b"by proxy"
    assert proxy.requests[0].startswith("GET http://quo.invalid/v1 ")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.9.10"])
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_an_address_of_this_machine_needs_no_proxy(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, host: str, name: str
) -> None:
    url = f"http://{host}:9"
    monkeypatch.setenv(name, "http://proxy.invalid:3128")

    assert fails(open_session, url).reason in {"unreachable", "name"}


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
def test_a_socks_proxy_is_named_by_its_variable(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, scheme: str, name: str
) -> None:
    monkeypatch.setenv(name, f"{scheme}://ann:secret@proxy.invalid:1080")

    error = fails(open_session, "https://quo.invalid")

    assert (error.reason, error.is_transient) == ("socks", False)
    assert error.sentence.startswith(f"{name} names a SOCKS proxy")
    assert values_of(error.sentence) == f"{name} is {scheme}://proxy.invalid:1080."


@pytest.mark.parametrize("value", ["ann:secret@127.0.0.1:1", "http://ann:secret@127.0.0.1:1"])
def test_a_proxy_that_cannot_be_reached_is_named_by_its_variable_without_its_password(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("https_proxy", value)

    error = fails(open_session, "https://quo.invalid")

    assert error.reason == "proxy"
    assert "https_proxy" in error.sentence
    assert values_of(error.sentence).startswith("https_proxy is ")
    assert "secret" not in values_of(error.sentence)


def test_a_refusing_proxy_has_its_own_sentence(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(answer(status=403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        error = fails(open_session, "https://quo.invalid")

    assert error.reason == "proxy"
    assert proxy.requests[0].startswith("CONNECT quo.invalid:443 ")
    assert KEY not in proxy.requests[0]


@pytest.mark.parametrize("said", [b"", b"\x05\xff\x00\x00no", b"HTTP/1.1 "])
def test_a_proxy_that_breaks_off_is_named_by_its_variable(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    with serve(cuts(said)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        error = fails(open_session, "https://quo.invalid")

    assert values_of(error.sentence) == f"https_proxy is {proxy.url}."


@pytest.mark.parametrize("address", ["ftp://127.0.0.1:1", ":::", "http://127.0.0.1:port", "http://"])
def test_an_address_that_no_proxy_can_have_is_taken_for_one_that_refuses(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("https_proxy", address)

    assert fails(open_session, "https://quo.invalid").reason == "proxy"


def test_a_connection_without_a_proxy_does_not_mention_one(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    with serve(cuts(b"")) as server:
        assert "https_proxy" not in fails(open_session, server.url).sentence


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_certificates_that_cannot_be_read_are_named_by_their_variable(
    open_session: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: str | None
) -> None:
    file = tmp_path / "certificates.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(name, str(file))

    with serve(answer(), at_once=True) as server:
        error = fails(open_session, server.url.replace("http:", "https:"))

    assert (error.reason, error.is_transient) == ("certificates", False)
    assert f" {name} " in error.sentence
    assert values_of(error.sentence) == f"{name} is {file}."
