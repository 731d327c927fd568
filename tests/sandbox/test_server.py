import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from numbers.sandbox import server as module
from numbers.sandbox.server import RecordedRequest, SandboxServer
from numbers.sandbox.workspace import build
from tests.support.raw_http import KEY, ask, connect

LIST = "/v1/phone-numbers"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    """Yield a sandbox that tests share and must not change."""
    with SandboxServer(build(), key=KEY) as running:
        yield running


@pytest.fixture
def own() -> Iterator[SandboxServer]:
    """Yield a sandbox for one test that changes it or reads its recorded requests."""
    with SandboxServer(build(), key=KEY) as running:
        yield running


# The two calls


def test_the_list_has_every_number_of_the_workspace(sandbox: SandboxServer) -> None:
    reply = ask(sandbox)
    assert (reply.status, reply.json) == (200, {"data": sandbox.workspace.numbers})
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_teammates_list_has_only_that_teammates_numbers(sandbox: SandboxServer) -> None:
    user = sandbox.workspace.users[3]
    theirs = [number for number in sandbox.workspace.numbers if user in number["users"]]
    assert 0 < len(theirs) < 60
    assert ask(sandbox, f"{LIST}?userId={user['id']}").json == {"data": theirs}


def test_the_list_of_an_unknown_teammate_is_empty(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, f"{LIST}?userId=US0000000000")
    assert (reply.status, reply.json) == (200, {"data": []})


def test_unknown_parameters_change_nothing(sandbox: SandboxServer) -> None:
    assert len(ask(sandbox, f"{LIST}?limit=1&page=2").json["data"]) == 60


def test_a_single_number_is_the_same_record_as_in_the_list(sandbox: SandboxServer) -> None:
    number = sandbox.workspace.numbers[9]
    assert ask(sandbox, f"{LIST}/{number['id']}").json == {"data": number}


@pytest.mark.parametrize("odd", ["PN/a/b", "PN?userId=US1", "PN with spaces", "PN'\"", "PN🏡", "PN%2F", "PN+#;", "PN"])
def test_an_id_in_the_path_is_decoded_once(own: SandboxServer, odd: str) -> None:
    own.workspace.numbers[5]["id"] = odd
    own.workspace.refresh()
    assert ask(own, f"{LIST}/{quote(odd, safe='')}").json["data"]["id"] == odd


def test_an_id_with_an_unencoded_slash_is_another_path(own: SandboxServer) -> None:
    own.workspace.numbers[5]["id"] = "PN1/users"
    own.workspace.refresh()
    assert ask(own, f"{LIST}/PN1%2Fusers").status == 200
    assert ask(own, f"{LIST}/PN1/users").status == 404


def test_an_unknown_number_is_not_found(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, f"{LIST}/PN0000000000")
    assert (reply.status, reply.json["code"], reply.json["title"]) == (404, "0400404", "Not Found")


@pytest.mark.parametrize("value", ["", "nobody", "us123", " US123", "US1%0A2", "PN123"])
def test_a_user_id_that_does_not_match_is_a_bad_request(sandbox: SandboxServer, value: str) -> None:
    reply = ask(sandbox, f"{LIST}?userId={value.replace(' ', '%20')}")
    assert (reply.status, reply.json["code"]) == (400, "0400400")
    assert reply.json["errors"] == [
        {
            "path": "/userId",
            "message": "Expected string to match '^US(.*)$'",
            "value": value.replace("%0A", "\n"),
            "schema": {"type": "string", "pattern": "^US(.*)$"},
        }
    ]


def test_two_user_ids_are_a_bad_request(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, f"{LIST}?userId=US1&userId=US2")
    assert (reply.status, reply.json["errors"][0]["value"]) == (400, ["US1", "US2"])


@pytest.mark.parametrize("value", ["1234", "US123", "pn1", "PN1%0A"])
def test_a_number_id_that_does_not_match_is_a_bad_request(sandbox: SandboxServer, value: str) -> None:
    reply = ask(sandbox, f"{LIST}/{value}")
    assert (reply.status, reply.json["errors"][0]["path"]) == (400, "/phoneNumberId")
    assert reply.json["errors"][0]["schema"]["pattern"] == "^PN(.*)$"


@pytest.mark.parametrize("target", [f"{LIST}/PN%FF", f"{LIST}?userId=US%FF"])
def test_percent_encoding_that_is_not_utf8_is_a_bad_request(sandbox: SandboxServer, target: str) -> None:
    assert ask(sandbox, target).status == 400


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/users", f"{LIST}/", f"{LIST}/PN1/users", "/v2/phone-numbers", "*"])
def test_any_other_path_is_not_found(sandbox: SandboxServer, path: str) -> None:
    reply = ask(sandbox, path)
    assert (reply.status, reply.json["code"]) == (404, "0400404")


# The key


@pytest.mark.parametrize("key", [None, "", "another", f"Bearer {KEY}", KEY + "x", KEY.upper(), "clé"])
def test_without_the_right_key_every_path_is_unauthorized(sandbox: SandboxServer, key: str | None) -> None:
    for path in (LIST, f"{LIST}/PN1", f"{LIST}?userId=x", "/elsewhere"):
        reply = ask(sandbox, path, key=key)
        assert (reply.status, reply.json["code"], reply.json["title"]) == (401, "0400401", "Unauthorized")


def test_each_error_has_its_own_trace(sandbox: SandboxServer) -> None:
    traces = {ask(sandbox, key=None).json["trace"] for _ in range(3)}
    assert len(traces) == 3


# HTTP


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_any_method_but_get_is_refused(sandbox: SandboxServer, method: str) -> None:
    reply = ask(sandbox, method=method, headers={"Content-Length": "0"})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET")


def test_a_client_that_accepts_gzip_gets_it(sandbox: SandboxServer) -> None:
    for path in (LIST, f"{LIST}?userId={sandbox.workspace.users[0]['id']}"):
        connection = connect(sandbox)
        connection.request("GET", path, headers={"Authorization": KEY, "Accept-Encoding": "br, gzip;q=0.8"})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        assert response.headers["Content-Encoding"] == "gzip"
        assert int(response.headers["Content-Length"]) == len(body)
        assert gzip.decompress(body) == ask(sandbox, path).body


@pytest.mark.parametrize("accepted", ["", "identity", "br"])
def test_a_client_that_does_not_accept_gzip_gets_none(sandbox: SandboxServer, accepted: str) -> None:
    reply = ask(sandbox, headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in reply.headers
    assert int(reply.headers["Content-Length"]) == len(reply.body)


def test_one_connection_serves_many_requests(sandbox: SandboxServer) -> None:
    connection = connect(sandbox)
    kept: set[Any] = set()
    for path in (LIST, f"{LIST}/PNunknown", f"{LIST}?userId=x", LIST):
        connection.request("GET", path, headers={"Authorization": KEY})
        connection.getresponse().read()
        kept.add(connection.sock)
    connection.close()
    assert len(kept) == 1
    assert None not in kept


def test_it_answers_concurrent_requests(sandbox: SandboxServer) -> None:
    together = threading.Barrier(20)
    found: list[int] = []

    def one() -> None:
        together.wait()
        found.append(len(ask(sandbox).json["data"]))

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [60] * 20


def test_a_client_that_hangs_up_prints_nothing(own: SandboxServer, capfd: pytest.CaptureFixture[str]) -> None:
    for sent in (b"", b"GET /v1/phone", b"GET / HTTP/1.1\r\n\r\n"):
        client = socket.create_connection(("127.0.0.1", own.port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        client.sendall(sent)
        client.close()
    assert ask(own).status == 200
    own.close()
    assert capfd.readouterr() == ("", "")


# The Python API


def test_a_change_is_visible_after_refresh(own: SandboxServer) -> None:
    ask(own)
    own.workspace.numbers[0]["name"] = "Renamed"
    own.workspace.refresh()
    assert ask(own).json["data"][0]["name"] == "Renamed"
    assert ask(own, headers={"Accept-Encoding": "gzip"}).json["data"][0]["name"] == "Renamed"


def test_a_workspace_may_have_malformed_records(own: SandboxServer) -> None:
    odd: Any = [None, 7, {"id": 1}, {"id": "PN2", "users": "none"}, {"id": "PN3", "users": [None, {"id": "US\ud800"}]}]
    own.workspace.numbers[:] = odd
    own.workspace.refresh()
    assert ask(own).json == {"data": odd}


def test_requests_are_recorded_without_the_key(own: SandboxServer) -> None:
    ask(own)
    ask(own, "/a?b=c", key="wrong")
    ask(own, method="POST", key=None)
    assert [(seen.method, seen.path, seen.headers.get("authorization")) for seen in own.requests] == [
        ("GET", LIST, "right key"),
        ("GET", "/a?b=c", "wrong key"),
        ("POST", LIST, None),
    ]
    assert KEY not in repr(own.requests)
    assert KEY not in repr(own)


def test_the_number_of_recorded_requests_is_limited(own: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_RECORDED_REQUESTS", 4)
    for number in range(6):
        own.record("GET", f"/{number}", {})
    assert own.requests == [RecordedRequest("GET", f"/{number}", {}) for number in (2, 3, 4, 5)]


def test_closing_stops_at_once_and_frees_the_port(own: SandboxServer) -> None:
    idle = connect(own)
    idle.request("GET", LIST, headers={"Authorization": KEY})
    idle.getresponse().read()
    own.close()
    with SandboxServer(build(1), key=KEY, port=own.port) as again:
        assert len(ask(again).json["data"]) == 1
    idle.close()


def test_a_sandbox_that_never_served_can_be_closed() -> None:
    SandboxServer(build(1), key=KEY).close()


def test_two_sandboxes_cannot_share_a_port(sandbox: SandboxServer) -> None:
    with pytest.raises(OSError, match="in use"):
        SandboxServer(build(1), key=KEY, port=sandbox.port)


# Choosing a fault


def test_the_fault_can_be_set_and_cleared_while_it_serves(own: SandboxServer) -> None:
    own.fault = "429"
    assert [ask(own).status, ask(own).status] == [429, 429]
    own.fault = None
    assert ask(own).status == 200


def test_next_faults_apply_first(own: SandboxServer) -> None:
    own.fault = "500"
    own.next_faults = ["503", None, "429"]
    assert [ask(own).status for _ in range(4)] == [503, 200, 429, 500]
