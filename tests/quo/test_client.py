"""Requests of Quo's client, its answers, and the key that it never repeats."""

import gzip
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import responses

from numbers.quo import errors
from numbers.quo.errors import QuoError
from tests.support.misbehaving_server import Script, answer, cuts, floods, resets, serve, stalls
from tests.support.quo_answers import KEY, body, number
from tests.support.quo_clients import LIST, Connect, Time

# Requests


def test_the_list_is_requested_with_the_bare_key(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(LIST, body=body([number()]))

    listed = connect().list_phone_numbers()

    request = quo.calls[0].request
    assert [record.id for record in listed.records] == ["PN1"]
    assert (request.method, request.url) == ("GET", LIST)
    assert request.headers["Authorization"] == KEY
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Accept-Encoding"] == "gzip"
    assert request.headers["User-Agent"] == "QuoAdmin/1.2.3"


def test_a_number_is_requested_by_its_id(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(f"{LIST}/PN7", body=body(number("PN7")))

    assert connect().get_phone_number("PN7").id == "PN7"


def test_a_base_url_may_end_in_a_slash_or_have_a_path(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get("http://127.0.0.1:9/quo/v1/phone-numbers", body=body([]))

    assert connect(base_url="http://127.0.0.1:9/quo/").list_phone_numbers().records == ()


def test_a_trailing_newline_of_a_key_is_not_sent(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(LIST, body=body([]))

    connect(api_key=f"{KEY}\n").list_phone_numbers()

    assert quo.calls[0].request.headers["Authorization"] == KEY


ANY = ["", "1", "a/b", "a?b=c", "#a", "100%", "%2F", "a b", "\"'`", "/../..", "..", "🏡ü", "+&=;", "\\", "a\tb", "\x85"]


@pytest.mark.parametrize("rest", ANY)
def test_any_number_id_reaches_quo_unchanged(connect: Connect, rest: str) -> None:
    with serve(answer(body(number(f"PN{rest}")))) as server:
        assert connect(base_url=server.url).get_phone_number(f"PN{rest}").id == f"PN{rest}"

    path = server.requests[0].split()[1]
    assert path.count("/") == 3
    assert unquote(path) == f"/v1/phone-numbers/PN{rest}"


@pytest.mark.parametrize("rest", ANY)
def test_any_teammate_id_reaches_quo_unchanged(connect: Connect, rest: str) -> None:
    with serve(answer()) as server:
        connect(base_url=server.url).list_phone_numbers(user_id=f"US{rest}")

    path, query = server.requests[0].split()[1].split("?")
    assert path == "/v1/phone-numbers"
    assert not set("&#+") & set(query)
    assert unquote(query) == f"userId=US{rest}"


@pytest.mark.parametrize("odd", ["", "1", "us1", "pn1", " US1", " PN1", "US\n", "PN1\n", "US\ud800", "PN\ud800"])
def test_an_invalid_id_is_not_sent(connect: Connect, odd: str) -> None:
    with pytest.raises(errors.BadRequest, match="begin with US"):
        connect().list_phone_numbers(user_id=odd)
    with pytest.raises(errors.BadRequest, match="begin with PN"):
        connect().get_phone_number(odd)


@pytest.mark.parametrize("key", ["", " ", "two\nlines", "ключ"])
def test_a_key_that_no_header_can_carry_is_not_sent(connect: Connect, key: str) -> None:
    with pytest.raises(errors.Unauthorized, match="no usable API key") as caught:
        connect(api_key=key).list_phone_numbers()

    assert caught.value.status is None


# Responses


@pytest.mark.parametrize("status", [201, 204, 206, 304, 400, 401, 402, 403, 404, 409, 418, 422])
def test_a_request_that_quo_refuses_is_not_retried(
    connect: Connect, quo: responses.RequestsMock, time: Time, status: int
) -> None:
    quo.get(LIST, status=status, json={"message": "No", "code": "0400", "trace": "t1"})

    with pytest.raises(QuoError) as caught:
        connect().list_phone_numbers()

    assert caught.value.status == status
    assert (len(quo.calls), time.slept) == (1, [])


def test_a_missing_number_and_a_missing_teammate_differ(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(f"{LIST}/PN1", status=404)
    quo.get(LIST, status=404)

    with pytest.raises(errors.NotFound, match="this number"):
        connect().get_phone_number("PN1")
    with pytest.raises(errors.NotFound, match="this teammate"):
        connect().list_phone_numbers("US1")


def test_an_answer_about_another_number_is_a_bad_payload(
    connect: Connect, quo: responses.RequestsMock, time: Time
) -> None:
    quo.get(f"{LIST}/PN1", body=body(number("PN2")))

    with pytest.raises(errors.BadPayload, match="another number"):
        connect().get_phone_number("PN1")

    assert time.slept == []


@pytest.mark.parametrize("status", [200, 401, 403, 404])
@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json"])
def test_a_web_page_instead_of_json_has_its_own_sentence(connect: Connect, status: int, content_type: str) -> None:
    page = gzip.compress(b"\n<!doctype html><title>Welcome to the hotel</title>")
    sent = answer(page, status, Content_Type=content_type, Content_Encoding="gzip")
    with serve(sent) as server, pytest.raises(errors.BadPayload, match="A web page answered") as caught:
        connect(base_url=server.url).get_phone_number("PN1")

    assert caught.value.status == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 403])
def test_text_that_is_announced_as_a_web_page_is_one(
    connect: Connect, quo: responses.RequestsMock, status: int
) -> None:
    quo.get(LIST, status=status, body="Please sign in.", content_type="text/html")

    with pytest.raises(errors.BadPayload, match="A web page answered"):
        connect().list_phone_numbers()


def test_json_that_is_announced_as_a_web_page_is_read(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(LIST, body=body([number()]), content_type="text/html")

    assert len(connect().list_phone_numbers().records) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"message": f"No {KEY}", "code": "k", "trace": "t"},
        {"error": {"message": f"No {KEY}", "key": "k", "trace": "t"}},
    ],
)
def test_an_error_with_status_200_has_quos_words(
    connect: Connect, quo: responses.RequestsMock, sent: dict[str, Any]
) -> None:
    quo.get(LIST, json=sent)
    quo.get(f"{LIST}/PN1", json=sent)

    for ask in (connect().list_phone_numbers, lambda: connect().get_phone_number("PN1")):
        with pytest.raises(errors.BadPayload, match="cannot read") as caught:
            ask()
        assert (caught.value.message, caught.value.code, caught.value.trace) == ("No [key]", "k", "t")


def test_why_an_answer_cannot_be_read_is_logged(
    connect: Connect, quo: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "numbers.quo")
    quo.get(LIST, body=b"{")

    with pytest.raises(errors.BadPayload):
        connect().list_phone_numbers()

    assert caplog.messages == ["unreadable answer: it is not JSON"]


def test_a_too_large_answer_is_a_bad_payload(connect: Connect) -> None:
    with serve(answer(body([number()]))) as server, pytest.raises(errors.BadPayload, match="MB"):
        connect(base_url=server.url, max_bytes=100).list_phone_numbers()


# The key


def everything(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and every error it refers to."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


ECHOES_THE_KEY = answer(f'{{"message": "bad {KEY}", "code": "{KEY}", "trace": "{KEY}"}}'.encode(), 400)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(ECHOES_THE_KEY, id="400"),
        pytest.param(ECHOES_THE_KEY.replace(b" 400 ", b" 500 "), id="500"),
        pytest.param(ECHOES_THE_KEY.replace(b" 400 ", b" 200 "), id="bad payload"),
        pytest.param(answer(f"<p>{KEY}</p>".encode(), 401), id="a page"),
        pytest.param(answer(status=302, Location=f"http://evil.example/{KEY}"), id="a redirect"),
        pytest.param(answer(status=302, Location=f"http://[{KEY}"), id="a redirect to nowhere"),
        pytest.param(answer(b"x", Content_Encoding="gzip"), id="damaged"),
        pytest.param(floods(f"HTTP/1.1 200 {KEY}\r\n\r\n".encode(), b" " * 9999), id="too large"),
        pytest.param(answer(Content_Length="1, 2", X=KEY), id="two lengths"),
        pytest.param(cuts(f"HTTP/1.1 200 OK\r\n{KEY}".encode()), id="damaged headers"),
        pytest.param(resets, id="a reset"),
        pytest.param(stalls(), id="a timeout"),
    ],
)
def test_the_key_is_in_no_error_and_no_log(connect: Connect, caplog: pytest.LogCaptureFixture, script: Script) -> None:
    caplog.set_level(logging.DEBUG)
    with serve(script) as server:
        client = connect(base_url=server.url, timeout=0.4, max_bytes=99_999)
        with pytest.raises(QuoError) as caught:
            client.list_phone_numbers()

    for error in everything(caught.value):
        assert not isinstance(error, requests.RequestException)
        assert KEY not in f"{error!s}{error!r}{error.args}{vars(error)}"
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert KEY not in caplog.text
    assert KEY not in f"{client!r}"


def test_an_echoed_key_is_replaced(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(LIST, status=401, json={"message": f"The key {KEY} is revoked"})

    with pytest.raises(errors.Unauthorized) as caught:
        connect().list_phone_numbers()

    assert caught.value.message == "The key [key] is revoked"


def test_a_key_echoed_in_a_good_answer_is_replaced(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(LIST, body=body([number("PN1", name=f"Line {KEY}")]))

    record = connect().list_phone_numbers().records[0]

    assert (record.name, KEY in record.answer) == ("Line [key]", False)


def test_a_client_closes_its_connections_at_the_end_of_its_context(connect: Connect) -> None:
    with serve(answer()) as server, connect(base_url=server.url) as client:
        client.list_phone_numbers()
        client.list_phone_numbers()
        assert server.connections == 1
        client.close()
        client.list_phone_numbers()
        assert server.connections == 2


def test_the_package_knows_nothing_of_the_app() -> None:
    folder = Path(__file__).parents[2] / "numbers" / "quo"
    imports = [
        line
        for file in folder.glob("*.py")
        for line in file.read_text().splitlines()
        if line.startswith(("import ", "from "))
    ]

    assert imports
    assert not [line for line in imports if "django" in line]
    assert all("numbers.quo" in line for line in imports if "numbers" in line)
