"""Faults on the network to Quo, down to single bytes."""

import gzip
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from numbers.sandbox.answers import render
from tests.chaos.case import Arrange, Case, Fault
from tests.chaos.fake_quo import Script, answer, drips, floods, resets, sends, stalls
from tests.chaos.office import MAX_ANSWER_MB, Office
from tests.chaos.statuses import BROKE_OFF, IN_TIME, STRANGE, TROUBLE, UNREADABLE

GROUP = "network"

REFUSED = "Quo could not be reached: nothing takes connections at its address."
BROKE_OFF_OR_REFUSED = "Try again in a few minutes"  # which one depends on timing
NOT_FOUND = "Quo's address could not be found."
NOT_SECURE = "The connection to Quo is not secure, so nothing was asked."
NO_CERTIFICATES = "No certificates can be read where REQUESTS_CA_BUNDLE says"
PROXY = "The proxy on the way to Quo does not let Quo Admin through."
TOO_LARGE = f"Quo's answer is larger than the {MAX_ANSWER_MB} MB that Quo Admin accepts."

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
Make = Callable[[bytes], Script]  # gets the body of the correct answer


def _length(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body)


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def _gzipped(packed: bytes) -> Script:
    return sends(answer(packed, 200, "Content-Encoding: gzip"))


def _wrong_sum(body: bytes) -> Script:
    packed = gzip.compress(body)
    return _gzipped(packed[:-8] + bytes(8))


# The script that replaces the answer, and the sentence for it.
ANSWERS: dict[str, tuple[Make, str]] = {
    "reset at once": (lambda _: resets(reads=False), BROKE_OFF_OR_REFUSED),
    "reset after the question": (lambda _: resets(), BROKE_OFF),
    "reset in the headers": (lambda _: resets(HEAD[:30]), BROKE_OFF),
    "reset after the headers": (lambda body: resets(_length(body)), BROKE_OFF),
    "reset in the body": (lambda body: resets(_length(body) + body[: len(body) // 2]), BROKE_OFF),
    "closed after the question": (lambda _: sends(), BROKE_OFF),
    "closed in the headers": (lambda _: sends(HEAD[:-2]), BROKE_OFF),
    "silence before the question": (lambda _: stalls(reads=False), IN_TIME),
    "silence after the question": (lambda _: stalls(), IN_TIME),
    "silence in the headers": (lambda _: stalls(HEAD), IN_TIME),
    "silence after the headers": (lambda body: stalls(_length(body)), IN_TIME),
    "silence in the body": (lambda body: stalls(_length(body) + body[: len(body) // 2]), IN_TIME),
    "silence in a chunk": (lambda body: stalls(CHUNKED + _chunk(body)[:500]), IN_TIME),
    "dripping body": (lambda body: drips(_length(body), b" "), IN_TIME),
    "dripping chunks": (lambda _: drips(CHUNKED, _chunk(b" ")), IN_TIME),
    "body one byte short": (lambda body: sends(_length(body), body[:-1]), BROKE_OFF),
    "body cut in half": (lambda body: sends(_length(body), body[: len(body) // 2]), BROKE_OFF),
    "body of unknown length, cut": (lambda body: sends(HEAD + b"\r\n", body[: len(body) // 2]), UNREADABLE),
    "chunk cut in half": (lambda body: sends(CHUNKED, _chunk(body)[: len(body) // 2]), BROKE_OFF),
    "chunks without the last one": (lambda body: sends(CHUNKED, _chunk(body)), BROKE_OFF),
    "chunk without a size": (lambda body: sends(CHUNKED, b"no size\r\n", body), BROKE_OFF),
    "endless headers": (lambda _: floods(HEAD, b"X-More: " + b"x" * 4_000 + b"\r\n"), BROKE_OFF),
    "one endless header": (lambda _: floods(HEAD + b"X: ", b"x" * 65_536), BROKE_OFF),
    "not HTTP": (lambda _: sends(b"220 mail.example.com ESMTP ready\r\n" * 9), BROKE_OFF),
    "gzip cut in half": (lambda body: _gzipped(gzip.compress(body)[: len(gzip.compress(body)) // 2]), UNREADABLE),
    "not gzip": (_gzipped, UNREADABLE),
    "gzip with a wrong checksum": (_wrong_sum, UNREADABLE),
    "gzip, damaged in the middle": (lambda body: _gzipped(gzip.compress(body)[:900] + b"\xff" * 90), UNREADABLE),
    "endless body": (lambda _: floods(HEAD + b"\r\n" + b'{"data":[', b" " * 65_536), TOO_LARGE),
    "endless chunks": (lambda _: floods(CHUNKED, _chunk(b" " * 65_536)), TOO_LARGE),
    "endless body of an error": (lambda _: floods(b"HTTP/1.1 500 No\r\n\r\n", b"x" * 65_536), TROUBLE),
    "endless body of a redirect": (lambda _: floods(b"HTTP/1.1 300 No\r\n\r\n", b"x" * 65_536), STRANGE),
}


def _replace_answer(make: Make) -> Arrange:
    def arrange(office: Office) -> None:
        office.fake_quo.script = make(render({"data": office.workspaces.second.numbers}))

    return arrange


def _fill_backlog(office: Office) -> None:
    office.fake_quo.fill_backlog()


def _refuse(office: Office) -> None:
    office.fake_quo.refuse_connections()


def _nothing(_: Office) -> None:
    pass


def _self_signed(office: Office) -> None:
    with TemporaryDirectory() as folder:
        command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -keyout key.pem -out cert.pem"
        subprocess.run(command.split(), cwd=folder, capture_output=True, check=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Path(folder) / "cert.pem", Path(folder) / "key.pem")
    office.fake_quo.tls = context


def _script(script: Script) -> Arrange:
    def arrange(office: Office) -> None:
        office.fake_quo.script = script

    return arrange


def _over_tls(office: Office, **more: str) -> dict[str, str]:
    return {"QUO_API_URL": office.fake_quo.url.replace("http:", "https:"), **more}


def _without_certificates(office: Office) -> dict[str, str]:
    return _over_tls(office, REQUESTS_CA_BUNDLE="/nowhere/certificates.pem")


def _by_socks(_: Office) -> dict[str, str]:
    return {
        "QUO_API_URL": "https://quo.invalid",
        "HTTPS_PROXY": "socks5h://127.0.0.1:9",
        "NO_PROXY": "",
        "no_proxy": "",
    }


def _unknown_name(_: Office) -> dict[str, str]:
    return {"QUO_API_URL": "https://quo.invalid"}


def _by_proxy(office: Office) -> dict[str, str]:
    return {"QUO_API_URL": "https://quo.invalid", "HTTPS_PROXY": office.fake_quo.url, "NO_PROXY": "", "no_proxy": ""}


# These need other variables, so `manage.py sync` runs them instead of the pages.
ADDRESSES: dict[str, tuple[Arrange, str, Callable[[Office], dict[str, str]]]] = {
    "a name unknown to DNS": (_nothing, NOT_FOUND, _unknown_name),
    "TLS: not supported by the server": (_script(sends(answer(b"", 400), at_once=True)), NOT_SECURE, _over_tls),
    "TLS: self-signed certificate": (_self_signed, NOT_SECURE, _over_tls),
    "TLS: no trusted certificates here": (_self_signed, NO_CERTIFICATES, _without_certificates),
    "TLS: silence in the handshake": (_script(stalls(reads=False)), IN_TIME, _over_tls),
    "TLS: closed in the handshake": (_script(sends(at_once=True)), BROKE_OFF, _over_tls),
    "TLS: reset in the handshake": (_script(resets(reads=False)), BROKE_OFF_OR_REFUSED, _over_tls),
    "a SOCKS proxy": (_nothing, "HTTPS_PROXY names a SOCKS proxy", _by_socks),
    "a proxy that refuses": (_script(sends(answer(b"", 403))), PROXY, _by_proxy),
    "a proxy that is not running": (_refuse, PROXY, _by_proxy),
}


def cases() -> Iterator[Case]:
    yield Fault(_refuse, [REFUSED]).case(GROUP, "refused")
    skip = "" if sys.platform == "linux" else "only Linux ignores connections beyond a full backlog"
    yield Fault(_fill_backlog, [IN_TIME]).case(GROUP, "slow connect: the backlog is full", skip)
    for name, (make, sentence) in ANSWERS.items():
        yield Fault(_replace_answer(make), [sentence]).case(GROUP, name)
    for name, (arrange, sentence, more) in ADDRESSES.items():
        skip = "needs openssl to make a certificate" if arrange is _self_signed and not which("openssl") else ""
        yield Fault(arrange, [sentence], variables=more).case(GROUP, name, skip)
