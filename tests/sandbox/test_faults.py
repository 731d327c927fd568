import gzip
import http.client
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator

import pytest

from numbers.sandbox.answers import Response, healthy
from numbers.sandbox.faults import CONTENT, DELIVERY, NAMES, FaultContext, Timing
from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.processes import wait_until
from tests.support.raw_http import KEY, ask, connect

LIST = "/v1/phone-numbers"
TIMING = Timing(slow_seconds=0.05, stall_seconds=60, drip_seconds=0.0001, bomb_bytes=8 << 20)
SHORT_TIMEOUT = 0.1  # seconds to wait for bytes that must not arrive


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(build(60), key=KEY, timing=TIMING) as running:
        yield running


@pytest.fixture(scope="module")
def wrapping() -> Iterator[SandboxServer]:
    with SandboxServer(build(12), key=KEY, wraps_errors=True) as running:
        yield running


def first_id(sandbox: SandboxServer) -> str:
    return str(sandbox.workspace.numbers[0]["id"])


def raw(sandbox: SandboxServer, fault: str, accepted: str = "identity") -> socket.socket:
    """Request the list and return the unread connection."""
    client = socket.create_connection(("127.0.0.1", sandbox.port), timeout=5.0)
    sandbox.next_faults.append(fault)
    head = f"GET {LIST} HTTP/1.1\r\nHost: here\r\nAuthorization: {KEY}\r\nAccept-Encoding: {accepted}\r\n\r\n"
    client.sendall(head.encode())
    return client


def read_until(client: socket.socket, enough: int) -> bytes:
    """Read until `enough` bytes have arrived or the other side hangs up."""
    received = b""
    while len(received) < enough and (piece := client.recv(1 << 16)):
        received += piece
    return received


def healthy_length(sandbox: SandboxServer) -> int:
    return len(healthy(sandbox.workspace.numbers).body)


def test_every_promised_fault_exists() -> None:
    promised = (
        "400 401 402 403 404 409 422 429 429-retry-after 500 502 503 504 slow stalled stalled-headers drip cut reset "
        "not-json html wrong-types empty half duplicates endless bad-gzip redirect wrong-number unknown-values "
        "missing-data"
    )
    assert set(NAMES) >= set(promised.split())
    assert not set(CONTENT) & set(DELIVERY)


# Statuses


@pytest.mark.parametrize("status", ["400", "401", "402", "403", "404", "409", "422", "429", "500"])
def test_an_error_status_has_the_shape_of_the_description(sandbox: SandboxServer, status: str) -> None:
    for path in (LIST, f"{LIST}/{first_id(sandbox)}"):
        reply = ask(sandbox, path, fault=status)
        assert reply.status == reply.json["status"] == int(status)
        assert set(reply.json) == {"message", "code", "status", "docs", "title", "trace"}
        assert "Retry-After" not in reply.headers


@pytest.mark.parametrize("status", ["400", "401", "402", "403", "404", "409", "422", "429", "429-retry-after", "500"])
def test_an_error_status_may_be_wrapped(wrapping: SandboxServer, status: str) -> None:
    reply = ask(wrapping, fault=status)
    assert (reply.status, list(reply.json)) == (int(status[:3]), ["error"])
    assert set(reply.json["error"]) == {"message", "key", "trace"}
    assert reply.headers.get("Retry-After") == ("1" if "retry" in status else None)


def test_a_wrong_key_and_an_unknown_address_may_be_wrapped(wrapping: SandboxServer) -> None:
    assert ask(wrapping, key="wrong").json["error"]["key"] == "0400401"
    assert ask(wrapping, "/v1/nothing").json["error"]["key"] == "0400404"
    assert ask(wrapping, method="POST").json["error"]["key"] == "0400405"


def test_invalid_fields_are_inside_the_wrapper(wrapping: SandboxServer) -> None:
    reply = ask(wrapping, f"{LIST}?userId=7")
    assert [problem["path"] for problem in reply.json["error"]["errors"]] == ["/userId"]


def test_what_is_no_error_of_quo_is_not_wrapped(wrapping: SandboxServer) -> None:
    assert len(ask(wrapping).json["data"]) == 12
    assert ask(wrapping, fault="502").body.startswith(b"<html>")
    assert ask(wrapping, fault="503").body == b""
    assert ask(wrapping, fault="missing-data").json == {}


def test_a_rate_limit_may_have_a_retry_after_header(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, fault="429-retry-after")
    assert (reply.status, reply.headers["Retry-After"]) == (429, "1")


@pytest.mark.parametrize("status", ["502", "504"])
def test_a_gateway_answers_in_html(sandbox: SandboxServer, status: str) -> None:
    reply = ask(sandbox, fault=status)
    assert (reply.status, reply.headers["Content-Type"]) == (int(status), "text/html; charset=utf-8")
    assert reply.body.startswith(b"<html>")


def test_an_unavailable_service_answers_nothing(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, fault="503")
    assert (reply.status, reply.body) == (503, b"")


def test_a_redirect_leads_to_another_host(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, f"{LIST}?userId=US1", fault="redirect")
    assert (reply.status, reply.headers["Location"]) == (302, f"http://localhost:9{LIST}?userId=US1")


# Bodies


def test_a_body_may_not_be_json(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, fault="not-json")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(json.JSONDecodeError):
        _ = reply.json


def test_an_html_page_may_come_with_status_200(sandbox: SandboxServer) -> None:
    reply = ask(sandbox, fault="html")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b"<h1>" in reply.body


def test_the_list_may_be_empty(sandbox: SandboxServer) -> None:
    assert ask(sandbox, fault="empty").json == {"data": []}


def test_the_data_may_be_missing(sandbox: SandboxServer) -> None:
    assert ask(sandbox, fault="missing-data").json == {}


def test_half_of_the_numbers_may_be_missing(sandbox: SandboxServer) -> None:
    assert ask(sandbox, fault="half").json == {"data": sandbox.workspace.numbers[:30]}


def test_numbers_may_come_twice_with_different_names(sandbox: SandboxServer) -> None:
    data = ask(sandbox, fault="duplicates").json["data"]
    numbers = sandbox.workspace.numbers
    assert data[:60] == numbers
    assert [record["id"] for record in data[60:]] == [number["id"] for number in numbers[::3]]
    assert data[60]["name"] == f"{numbers[0]['name']} (2)"
    assert data[61] == numbers[3]


def test_some_records_may_have_wrong_types_among_good_ones(sandbox: SandboxServer) -> None:
    data = ask(sandbox, fault="wrong-types").json["data"]
    numbers = sandbox.workspace.numbers
    assert [place for place in range(60) if data[place] != numbers[place]] == list(range(0, 60, 4))
    assert data[0]["users"] == "nobody"
    assert (data[4]["name"], data[8]["restrictions"], data[12]["number"], data[16]) == (42, "none", None, None)
    assert data[20]["restrictions"]["messaging"] == {"US": True, "CA": 1, "Intl": None}
    assert data[28]["users"][:-2] == numbers[28]["users"]
    assert data[40] == [numbers[40]]


def test_values_regions_and_keys_may_be_unknown_at_every_depth(sandbox: SandboxServer) -> None:
    whole = ask(sandbox, fault="unknown-values").json
    data = whole["data"]
    assert whole["meta"] == {"version": 2}
    assert data[0]["restrictions"]["messaging"]["US"] == "pending_review"
    assert "Intl" not in data[1]["restrictions"]["messaging"]
    assert data[1]["restrictions"]["calling"]["EU"] == "restricted"
    assert "messaging" not in data[3]["restrictions"]
    assert data[2]["users"][0]["avatar"] == {"url": None}
    assert {user["role"] for user in data[3]["users"]} == {"guest"}
    assert data[2]["carrier"]["tags"] == [{"deep": [None]}]
    assert [record["id"] for record in data] == [number["id"] for number in sandbox.workspace.numbers]


def test_an_answer_may_be_about_another_number(sandbox: SandboxServer) -> None:
    numbers = sandbox.workspace.numbers
    assert ask(sandbox, f"{LIST}/{numbers[0]['id']}", fault="wrong-number").json == {"data": numbers[1]}
    assert ask(sandbox, f"{LIST}/{numbers[7]['id']}", fault="wrong-number").json == {"data": numbers[0]}
    assert ask(sandbox, fault="wrong-number").json == {"data": numbers}


def test_a_fault_does_not_change_the_workspace(sandbox: SandboxServer) -> None:
    for fault in CONTENT:
        if fault != "bad-gzip":
            ask(sandbox, fault=fault)
    assert sandbox.workspace == build(60)


def test_a_content_fault_does_not_change_errors(sandbox: SandboxServer) -> None:
    for fault in ("half", "duplicates", "wrong-types", "unknown-values", "wrong-number"):
        assert ask(sandbox, f"{LIST}/PNunknown", fault=fault).status == 404
        assert ask(sandbox, key="wrong", fault=fault).status == 401


@pytest.mark.parametrize("fault", [name for name in CONTENT if name != "bad-gzip"])
def test_a_content_fault_is_still_valid_http(sandbox: SandboxServer, fault: str) -> None:
    connection = connect(sandbox)
    for _ in range(2):
        sandbox.next_faults.append(fault)
        connection.request("GET", LIST, headers={"Authorization": KEY})
        response = connection.getresponse()
        assert len(response.read()) == int(response.headers["Content-Length"])
    connection.close()


def test_the_gzip_may_be_broken(sandbox: SandboxServer) -> None:
    connection = connect(sandbox)
    sandbox.next_faults.append("bad-gzip")
    connection.request("GET", LIST, headers={"Authorization": KEY})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.headers["Content-Encoding"] == "gzip"
    unpacker = zlib.decompressobj(wbits=31)
    assert unpacker.decompress(body[:1000]).startswith(b'{"data":[')
    with pytest.raises(zlib.error, match="invalid block type"):
        unpacker.decompress(body[1000:])


def test_a_small_answer_may_become_huge() -> None:
    answer = CONTENT["gzip-bomb"](Response(200, b""), FaultContext(LIST, [], TIMING))
    unpacked = gzip.decompress(answer.body)
    assert len(unpacked) > 8 << 20 > 500 * len(answer.body)
    assert json.loads(unpacked) == {"data": []}


# Delivery


def test_a_slow_answer_comes_late_and_complete(sandbox: SandboxServer) -> None:
    before = time.monotonic()
    reply = ask(sandbox, fault="slow")
    assert time.monotonic() - before >= TIMING.slow_seconds
    assert len(reply.json["data"]) == 60


def test_a_stalled_answer_stops_halfway(sandbox: SandboxServer) -> None:
    with raw(sandbox, "stalled") as client:
        half = healthy_length(sandbox) // 2
        head, _, body = read_until(client, half).partition(b"\r\n\r\n")
        assert f"Content-Length: {healthy_length(sandbox)}".encode() in head
        while len(body) < half:
            body += client.recv(1 << 16)
        assert len(body) == half
        client.settimeout(SHORT_TIMEOUT)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_an_answer_may_stall_within_its_headers(sandbox: SandboxServer) -> None:
    with raw(sandbox, "stalled-headers") as client:
        received = client.recv(1 << 16)
        client.settimeout(SHORT_TIMEOUT)
        with pytest.raises(TimeoutError):
            while True:
                received += client.recv(1 << 16)
        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\n\r\n" not in received


def test_a_dripping_answer_comes_byte_by_byte() -> None:
    with SandboxServer(build(1), key=KEY, timing=Timing(drip_seconds=60)) as sandbox, raw(sandbox, "drip") as client:
        received = read_until(client, 1)
        while b"\r\n\r\n" not in received or received.endswith(b"\r\n\r\n"):
            received += client.recv(1 << 16)
        assert received.partition(b"\r\n\r\n")[2] == b"{"
        client.settimeout(SHORT_TIMEOUT)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_dripping_answer_is_complete_in_the_end() -> None:
    with SandboxServer(build(0), key=KEY, timing=TIMING) as sandbox:
        assert ask(sandbox, fault="drip").json == {"data": []}


def test_a_cut_answer_ends_before_its_promised_length(sandbox: SandboxServer) -> None:
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(sandbox, fault="cut")
    got = len(caught.value.partial)
    assert (got, got + (caught.value.expected or 0)) == (healthy_length(sandbox) // 2, healthy_length(sandbox))


def test_a_reset_connection_has_no_answer(sandbox: SandboxServer) -> None:
    with pytest.raises(ConnectionResetError) as caught:
        ask(sandbox, fault="reset")
    assert not isinstance(caught.value, http.client.RemoteDisconnected)  # that would be an orderly close


def test_an_endless_answer_never_ends(sandbox: SandboxServer) -> None:
    with raw(sandbox, "endless", "gzip") as client:
        received = read_until(client, 3 * healthy_length(sandbox))
        head, _, body = received.partition(b"\r\n\r\n")
        assert len(received) >= 3 * healthy_length(sandbox)
        assert b"Content-Length" not in head
        assert body.startswith(b'{"data":[[{"id":"PN')


@pytest.mark.parametrize("fault", ["slow", "stalled", "stalled-headers", "drip", "endless"])
def test_closing_stops_any_delivery_at_once(fault: str) -> None:
    patient = Timing(slow_seconds=60, stall_seconds=60, drip_seconds=60)
    running = SandboxServer(build(1), key=KEY, timing=patient)
    with running, raw(running, fault) as client:
        if fault != "slow":
            client.recv(1)
        before = time.monotonic()
        running.close()
        assert time.monotonic() - before < 2


@pytest.mark.parametrize("fault", ["slow", "stalled", "stalled-headers", "drip", "endless"])
def test_a_client_that_hangs_up_ends_the_delivery(fault: str, capfd: pytest.CaptureFixture[str]) -> None:
    patient = Timing(slow_seconds=60, stall_seconds=60, drip_seconds=60)
    with SandboxServer(build(1), key=KEY, timing=patient) as sandbox:
        before = set(threading.enumerate())
        client = raw(sandbox, fault)
        wait_until(lambda: sandbox.requests)
        (serving,) = set(threading.enumerate()) - before
        if fault != "slow":
            client.recv(1 << 16)
        client.close()
        serving.join(timeout=2)
        assert not serving.is_alive()
    assert capfd.readouterr() == ("", "")
