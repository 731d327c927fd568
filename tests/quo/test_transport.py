import gzip
import logging
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import responses

from numbers.quo.errors import BadPayload, Unavailable
from numbers.quo.transport import KeyAuth
from quo_admin.http.session import MAX_ERROR_BYTES, Deadline
from tests.support.misbehaving_server import Script, answer, cuts, drips, floods, resets, serve, stalls
from tests.support.quo_answers import KEY
from tests.support.quo_sessions import MAX_BYTES, Open, Turns, fails

OPEN = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
GZIP_WITH_A_NAME = b"\x1f\x8b\x08\x08" + bytes(6)  # which ends at the first NUL


# GET only


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get ", "QUERY"])
def test_no_other_method_is_sent(open_session: Open, turns: Turns, method: str) -> None:
    with serve(answer()) as server, pytest.raises(RuntimeError, match="nothing but GET"):
        open_session(server.url).request(method, server.url)

    assert server.connections == turns.taken == 0


@pytest.mark.parametrize("method", ["POST", "post", None])
def test_no_other_method_is_sent_as_a_prepared_request(open_session: Open, method: str | None) -> None:
    with serve(answer()) as server:
        prepared = requests.Request("GET", server.url).prepare()
        prepared.method = method
        with pytest.raises(RuntimeError, match="nothing but GET"):
            open_session(server.url).send(prepared)

    assert server.connections == 0


def test_a_get_with_a_body_is_not_sent(open_session: Open) -> None:
    with serve(answer()) as server, pytest.raises(RuntimeError, match="without a body"):
        open_session(server.url).get(server.url, json={"name": "changed"})

    assert server.connections == 0


# To Quo only


@pytest.mark.parametrize(
    "url",
    [
        "http://api.quo.com/",
        "https://api.quo.com:444/",
        "https://quo.com/",
        "https://api.quo.com.evil.example/",
        "https://api.quo.com@evil.example/",
        "https://evil.example\\@api.quo.com/",
        "https://evil.example#@api.quo.com/",
    ],
)
def test_no_request_goes_to_another_origin(open_session: Open, turns: Turns, url: str) -> None:
    refused = (Unavailable, requests.RequestException)
    with responses.RequestsMock() as announced, pytest.raises(refused):
        open_session("https://api.quo.com").get(url)

    assert len(announced.calls) == turns.taken == 0


def test_the_default_port_is_the_same_origin(open_session: Open) -> None:
    with responses.RequestsMock() as announced:
        announced.get("https://api.quo.com:443/", body=b"here")

        assert open_session("https://API.quo.com").fetch("https://api.quo.com:443/", MAX_BYTES).body == b"here"


@pytest.mark.parametrize("url", ["", "api.quo.com", "https://", "http://[", "http://x:99999"])
def test_an_invalid_base_url_is_refused_at_once(open_session: Open, url: str) -> None:
    with pytest.raises(ValueError):
        open_session(url)


def test_a_redirect_on_the_same_origin_is_followed_with_the_key(open_session: Open, turns: Turns) -> None:
    with serve(answer(status=308, Location="/v2?a=b"), answer(b"moved")) as server:
        reply = open_session(server.url).fetch(server.url + "/v1", MAX_BYTES)

    assert reply.body == b"moved"
    assert [head.split()[1] for head in server.requests] == ["/v1", "/v2?a=b"]
    assert all(f"Authorization: {KEY}\r\n" in head for head in server.requests)
    assert turns.taken == 2


def test_endless_redirects_are_refused_after_five(open_session: Open) -> None:
    with serve(answer(status=302, Location="/again")) as server:
        error = fails(open_session, server.url)

    assert error.reason == "redirect"
    assert len(server.requests) == 6


def test_a_redirect_to_another_origin_is_not_followed(open_session: Open) -> None:
    with serve(answer()) as other, serve(answer(status=307, Location=other.url)) as server:
        error = fails(open_session, server.url)

    assert error.reason == "redirect"
    assert other.connections == 0


def test_a_redirect_to_plain_http_is_refused(open_session: Open) -> None:
    with responses.RequestsMock() as announced:
        announced.get("https://api.quo.com/", status=301, headers={"Location": "http://api.quo.com/"})

        assert fails(open_session, "https://api.quo.com").reason == "redirect"


def test_the_body_of_a_redirect_is_not_read(open_session: Open) -> None:
    redirect = floods(b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n", b"x" * 65536)
    with serve(redirect, answer(b"there")) as server:
        assert open_session(server.url).fetch(server.url, MAX_BYTES).body == b"there"


@pytest.mark.parametrize("location", ["http://[", "//", "\xff\x80", "http://x:port/", "mailto:quo"])
def test_a_redirect_to_an_invalid_address_is_unavailable(open_session: Open, location: str) -> None:
    with serve(answer(status=302, Location=location), answer(status=404)) as server:
        session = open_session(server.url)
        try:
            assert session.fetch(server.url, MAX_BYTES).status == 404
        except Unavailable as error:
            assert error.reason in {"redirect", "strange"}


def test_netrc_never_replaces_the_key(open_session: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serve(answer(status=302, Location="/there"), answer()) as server:
        open_session(server.url).fetch(server.url.replace("//", "//user:word@"), MAX_BYTES)

    assert [f"Authorization: {KEY}\r\n" in head for head in server.requests] == [True, True]


def test_cookies_are_ignored(open_session: Open) -> None:
    with serve(answer(Set_Cookie="a=b; Path=/"), answer()) as server:
        session = open_session(server.url)
        session.fetch(server.url, MAX_BYTES)
        session.fetch(server.url, MAX_BYTES)

    assert "Cookie" not in server.requests[1]


# Limits on time


def limited(open_session: Open, url: str, seconds: float = 0.2) -> tuple[Unavailable, float]:
    session = open_session(url)
    started = time.monotonic()
    session.deadline = Deadline(seconds)
    with pytest.raises(Unavailable) as caught:
        session.fetch(url, MAX_BYTES)
    return caught.value, time.monotonic() - started


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(stalls(), id="silence"),
        pytest.param(drips(answer(b"", Content_Length="9999")), id="a dripping body"),
        pytest.param(drips(OPEN), id="a dripping body that ends with the connection"),
        pytest.param(drips(CHUNKED, b"1\r\n \r\n"), id="dripping chunks"),
        pytest.param(drips(CHUNKED + b"1;"), id="an endless chunk header"),
        pytest.param(drips(CHUNKED + b"ffff\r\n"), id="a dripping chunk"),
        pytest.param(drips(GZIPPED + GZIP_WITH_A_NAME), id="a dripping gzip header"),
        pytest.param(stalls(answer(b"{", Content_Length="2")), id="a body that stalls"),
        pytest.param(drips(answer(b"", 500, Content_Length="9999")), id="a dripping error"),
    ],
)
def test_a_slow_body_ends_at_the_deadline(open_session: Open, script: Script) -> None:
    with serve(script) as server:
        error, took = limited(open_session, server.url)

    assert error.reason == "timeout"
    assert took < 2


def test_the_deadline_holds_on_a_reused_connection(open_session: Open) -> None:
    with serve(answer(), drips(answer(b"", Content_Length="9999"))) as server:
        session = open_session(server.url)
        session.fetch(server.url, MAX_BYTES)
        session.deadline = Deadline(0.2)
        with pytest.raises(Unavailable):
            session.fetch(server.url, MAX_BYTES)

    assert server.connections == 1


def test_nothing_is_sent_after_the_deadline(open_session: Open) -> None:
    with serve(answer()) as server:
        error, _ = limited(open_session, server.url, seconds=0)

    assert error.reason == "timeout"
    assert server.requests == []


def test_a_session_works_after_a_missed_deadline(open_session: Open) -> None:
    with serve(stalls(), answer(b"again")) as server:
        session = open_session(server.url)
        session.deadline = Deadline(0.1)
        with pytest.raises(Unavailable):
            session.fetch(server.url, MAX_BYTES)
        session.deadline = Deadline(5)
        assert session.fetch(server.url, MAX_BYTES).body == b"again"


def test_timeouts_are_no_longer_than_the_time_left(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[tuple[float, float]] = []

    def send(*_: object, timeout: tuple[float, float], **__: object) -> requests.Response:
        waits.append(timeout)
        return requests.Response()

    monkeypatch.setattr(requests.Session, "send", send)
    prepared = requests.Request("GET", "http://127.0.0.1").prepare()
    session = open_session("http://127.0.0.1")

    session.send(prepared)
    session.deadline = Deadline(3)
    session.send(prepared)

    assert waits[0] == (5, 20)
    assert 2 < waits[1][0] == waits[1][1] <= 3


def test_no_thread_outlives_its_request(open_session: Open) -> None:
    threads = threading.active_count()
    with serve(answer(), answer(b"", Connection="close"), cuts(), stalls()) as server:
        session = open_session(server.url)
        for _ in range(3):
            with suppress(Unavailable):
                session.fetch(server.url, MAX_BYTES)
        session.deadline = Deadline(0.1)
        with pytest.raises(Unavailable):
            session.fetch(server.url, MAX_BYTES)

    assert threading.active_count() == threads


# Limits on size


def test_an_answer_is_decompressed(open_session: Open) -> None:
    with serve(answer(gzip.compress(b"flat"), Content_Encoding="gzip")) as server:
        assert open_session(server.url).fetch(server.url, MAX_BYTES).body == b"flat"


def test_a_body_of_exactly_the_limit_is_accepted(open_session: Open) -> None:
    with serve(answer(b"x" * 1000)) as server:
        assert open_session(server.url).fetch(server.url, 1000).body == b"x" * 1000


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(stalls(answer(b"", Content_Length=str(MAX_BYTES + 1))), id="by its Content-Length"),
        pytest.param(floods(OPEN, b"x" * 65536), id="endless"),
        pytest.param(floods(CHUNKED, b"ffff\r\n" + b"x" * 65535 + b"\r\n"), id="endless chunks"),
        pytest.param(answer(gzip.compress(b"x" * (MAX_BYTES + 1)), Content_Encoding="gzip"), id="decompressed"),
    ],
)
def test_a_larger_body_is_refused(open_session: Open, script: Script) -> None:
    with serve(script) as server:
        session = open_session(server.url)
        with pytest.raises(BadPayload, match="raise QUO_MAX_ANSWER_MB") as caught:
            session.fetch(server.url, MAX_BYTES)

    assert caught.value.flaw == "too large"


@pytest.mark.parametrize("status", ["200 OK", "500 Oh"])
def test_a_gzip_bomb_does_not_exhaust_memory(open_session: Open, status: str) -> None:
    bomb = gzip.compress(gzip.compress(bytes(200_000_000), 1), 9)
    head = f"HTTP/1.1 {status}\r\nContent-Encoding: gzip, gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with serve(head.encode() + bomb) as server:
        session = open_session(server.url)
        tracemalloc.start()
        with suppress(BadPayload):
            session.fetch(server.url, MAX_BYTES)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 5_000_000


def test_only_the_beginning_of_an_error_body_is_read(open_session: Open) -> None:
    with serve(floods(b"HTTP/1.1 502 Bad\r\n\r\n", b"x" * 65536)) as server:
        reply = open_session(server.url).fetch(server.url, MAX_BYTES)

    assert (reply.status, len(reply.body)) == (502, MAX_ERROR_BYTES)


def test_the_beginning_of_a_truncated_error_body_is_returned(open_session: Open) -> None:
    chunked = CHUNKED.replace(b"200 OK", b"500 Oh")
    with serve(cuts(chunked + b"4\r\noh n\r\n" + b"9\r\no")) as server:
        reply = open_session(server.url).fetch(server.url, MAX_BYTES)

    assert (reply.status, reply.body) == (500, b"oh n")


def test_damaged_compression_is_a_bad_payload(open_session: Open) -> None:
    with serve(answer(b"not gzip", Content_Encoding="gzip")) as server:
        session = open_session(server.url)
        with pytest.raises(BadPayload, match="cannot read") as caught:
            session.fetch(server.url, MAX_BYTES)

    assert caught.value.flaw == "its compression is damaged"


def test_an_error_has_its_retry_after_header(open_session: Open) -> None:
    with serve(answer(status=503, Retry_After="7")) as server:
        assert open_session(server.url).fetch(server.url, MAX_BYTES).headers["Retry-After"] == "7"


# Failures


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(cuts(), id="before the answer"),
        pytest.param(cuts(b"HTTP/1.1 200 OK\r\nContent-"), id="within the headers"),
        pytest.param(cuts(answer(b"{", Content_Length="999")), id="within the body"),
        pytest.param(cuts(CHUNKED + b"4\r\nabc"), id="within a chunk"),
        pytest.param(cuts(CHUNKED + b"4\r\nabcd\r\n"), id="between chunks"),
        pytest.param(resets, id="by a reset"),
        pytest.param(cuts(b"SSH-2.0-OpenSSH\r\n"), id="by another protocol"),
        pytest.param(cuts(CHUNKED + b"x\r\n"), id="by a chunk without length"),
    ],
)
def test_an_interrupted_response_is_a_broken_connection(open_session: Open, script: Script) -> None:
    with serve(script) as server:
        error = fails(open_session, server.url)

    assert (error.reason, error.is_transient) == ("broken", True)


def test_a_refused_connection_is_unreachable(open_session: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert fails(open_session, f"http://127.0.0.1:{port}").reason == "unreachable"


def test_silence_is_a_timeout(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quo_admin.http.session.READ_SECONDS", 0.05)
    with serve(stalls()) as server:
        assert fails(open_session, server.url).reason == "timeout"


def test_an_unknown_name_has_its_own_sentence(open_session: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert fails(open_session, "https://quo.invalid").reason == "name"


def test_plain_http_behind_an_https_address_is_insecure(open_session: Open) -> None:
    with serve(cuts(answer(status=400)), at_once=True) as server:
        error = fails(open_session, server.url.replace("http:", "https:"))

    assert error.reason == "tls"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout key.pem -out cert.pem"
    try:
        subprocess.run(
            [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs openssl to make a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def test_an_untrusted_certificate_is_insecure(open_session: Open, certificate: tuple[Path, ssl.SSLContext]) -> None:
    with serve(answer(), tls=certificate[1]) as server:
        error = fails(open_session, server.url)

    assert (error.reason, error.is_transient) == ("tls", False)
    assert "(REQUESTS_CA_BUNDLE)" in error.sentence
    assert server.requests == []


def test_the_deadline_holds_on_a_tls_connection(
    open_session: Open, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    with serve(answer(b"safe"), drips(OPEN), tls=certificate[1]) as server:
        assert open_session(server.url).fetch(server.url, MAX_BYTES).body == b"safe"
        error, took = limited(open_session, server.url, seconds=0.6)

    assert error.reason == "timeout"
    assert took < 2


# The key


def test_the_key_is_in_no_repr(open_session: Open) -> None:
    session = open_session("https://api.quo.com")

    assert KEY not in repr(session)
    assert KEY not in repr(session.auth)


@pytest.mark.parametrize("key", ["", "two\nlines", "ключ", "nul\0"])
def test_a_key_that_no_header_can_carry_is_not_sendable(key: str) -> None:
    assert not KeyAuth(key).is_sendable()


def test_short_keys_are_not_redacted() -> None:
    assert KeyAuth("error").redact("an error") == "an error"
    assert KeyAuth("secret").redact("a secret") == "a [key]"


@pytest.mark.parametrize("body", [rb'{"a": "k3y/\"\\"}', rb'{"a": "k3y\/\"\\"}'])
def test_a_key_is_redacted_however_json_escapes_it(body: bytes) -> None:
    assert KeyAuth('k3y/"\\').redact_body(body) == b'{"a": "[key]"}'


def test_the_key_is_not_logged(open_session: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = cuts(f"HTTP/1.1 200 OK\r\nA: b\r\n{KEY}\r\n\r\n".encode())
    with serve(answer(status=302, Location="/there"), answer(b"", Connection="close"), echo) as server:
        session = open_session(server.url)
        session.fetch(server.url, MAX_BYTES)
        with pytest.raises(Unavailable, match="broke off"):
            session.fetch(server.url, MAX_BYTES)

    assert "urllib3" in caplog.text
    assert KEY not in caplog.text
