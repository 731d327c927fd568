import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.quo import errors
from numbers.quo.errors import QuoError, Reason, Unavailable, from_answer

KINDS = {
    204: errors.BadPayload,
    206: errors.BadPayload,
    304: errors.Unavailable,
    400: errors.BadRequest,
    401: errors.Unauthorized,
    402: errors.PaymentRequired,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.BadRequest,
    418: errors.BadRequest,
    422: errors.BadRequest,
    429: errors.RateLimited,
    500: errors.Unavailable,
    503: errors.Unavailable,
    599: errors.Unavailable,
    999: errors.Unavailable,
}


def answered(status: int, content: object = None) -> QuoError:
    return from_answer(status, json.dumps(content).encode(), resource="list")


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_each_status_has_its_error(status: int, kind: type[QuoError]) -> None:
    error = answered(status)

    assert type(error) is kind
    assert error.status == status
    assert str(error) == error.sentence != ""


def test_quos_own_words_are_separate_from_the_sentence() -> None:
    error = answered(500, {"message": "Oh no", "code": "0401500", "trace": "abc", "title": "Unknown"})

    assert (error.message, error.code, error.trace) == ("Oh no", "0401500", "abc")
    assert "Oh no" not in error.sentence


PARTS = {"message": "Oh no", "trace": "abc"}
FLAT, WRAPPED = {**PARTS, "code": "0400"}, {"error": {**PARTS, "key": "0400"}}
ERROR_STATUSES = [status for status in KINDS if status not in {204, 304}]


@pytest.mark.parametrize("status", ERROR_STATUSES)
@pytest.mark.parametrize("body", [FLAT, WRAPPED], ids=["flat", "wrapped"])
def test_quos_words_are_read_flat_and_wrapped(status: int, body: dict[str, Any]) -> None:
    error = answered(status, body)

    assert type(error) is KINDS[status]
    assert (error.message, error.code, error.trace) == ("Oh no", "0400", "abc")


@pytest.mark.parametrize("missing", ["message", "code", "trace"])
@pytest.mark.parametrize("odd", [..., None, True, [], {}, ["x"], {"text": "x"}], ids=repr)
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_missing_or_odd_part_hides_no_other_part(missing: str, odd: object, *, is_wrapped: bool) -> None:
    expected = {"message": "Oh no", "code": "0400", "trace": "abc"} | {missing: ""}
    body: dict[str, Any] = {"message": "Oh no", "key" if is_wrapped else "code": "0400", "trace": "abc"}
    name = "key" if missing == "code" and is_wrapped else missing
    body |= {name: odd}
    if odd is ...:
        del body[name]

    error = answered(401, {"error": body} if is_wrapped else body)

    assert (error.message, error.code, error.trace) == tuple(expected.values())


@pytest.mark.parametrize(
    ("body", "message", "code", "trace"),
    [
        ({"error": "Oh no"}, "Oh no", "", ""),
        ({"error": "Oh no", "trace": 7}, "Oh no", "", "7"),
        ({"error": [{"message": "Oh no", "key": "k"}], "trace": "t"}, "Oh no", "k", "t"),
        ({"error": {"message": "Oh no"}, "code": "c", "trace": "t"}, "Oh no", "c", "t"),
        ({"message": "Oh no", "error": {"key": "k", "trace": "t"}}, "Oh no", "k", "t"),
        ({"message": "Oh no", "key": "k"}, "Oh no", "k", ""),
        ({"error": {"message": "Oh no", "code": "c"}}, "Oh no", "c", ""),
        ({"error": {"error": {"message": "Oh no", "key": "k"}}}, "Oh no", "k", ""),
        ([{"message": "Oh no"}], "Oh no", "", ""),
        ({"title": "Oh no"}, "Oh no", "", ""),
        ({"title": "Unknown", "detail": "Oh no"}, "Oh no", "", ""),
        ({"error": {"title": "Oh no"}}, "Oh no", "", ""),
        ({"error": "invalid_token", "error_description": "Oh no"}, "Oh no", "", ""),
        ({"statusCode": 400, "message": ["a", "b"], "error": "Oh no"}, "Oh no", "", ""),
        ({"errors": [{"message": "Oh no", "code": "c"}]}, "Oh no", "c", ""),
        ({"error": {"message": "Oh no", "errors": [{"path": "/userId"}]}}, "Oh no (/userId)", "", ""),
        ({"error": {"message": "Oh no"}, "errors": [{"path": "/userId"}]}, "Oh no (/userId)", "", ""),
        ({"errors": "Oh no"}, "", "", ""),
        ({"errors": {"userId": ["Oh no"]}}, "", "", ""),
        ({"error": None}, "", "", ""),
        ({"error": []}, "", "", ""),
        ({"error": {}}, "", "", ""),
    ],
)
def test_quos_words_are_found_wherever_they_are(body: object, message: str, code: str, trace: str) -> None:
    error = answered(401, body)

    assert type(error) is errors.Unauthorized
    assert (error.message, error.code, error.trace) == (message, code, trace)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["error", "errors", "message", "key"]), inner),
)


@given(body=JSON)
def test_any_json_is_an_error_with_quos_words(body: object) -> None:
    error = answered(401, body)

    assert type(error) is errors.Unauthorized
    assert all(isinstance(words, str) for words in (error.message, error.code, error.trace))


def test_wrapped_words_are_redacted() -> None:
    body = json.dumps({"error": {"message": "no secret", "key": "secret", "trace": "secret"}}).encode()

    error = from_answer(401, body, resource="list", redact=lambda text: text.replace("secret", "[key]"))

    assert (error.message, error.code, error.trace) == ("no [key]", "[key]", "[key]")


def test_invalid_fields_follow_quos_message() -> None:
    content = {"message": "Invalid", "errors": [{"path": "/userId", "value": "US1"}, {"path": 3}, {}, "?"]}

    assert answered(400, content).message == "Invalid (/userId, 3)"


def test_only_the_first_invalid_fields_are_listed() -> None:
    content = {"errors": [{"path": f"/{place}"} for place in range(1000)]}

    assert answered(400, content).message == "(/0, /1, /2, /3, /4)"


def test_a_code_that_is_a_number_becomes_text() -> None:
    assert answered(400, {"code": 400400}).code == "400400"


@pytest.mark.parametrize("odd", [None, True, [], {"text": "x"}])
def test_details_that_are_neither_text_nor_number_are_dropped(odd: object) -> None:
    error = answered(400, {"message": odd, "code": odd, "trace": odd, "errors": odd})

    assert (error.message, error.code, error.trace) == ("", "", "")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad gateway</html>", b"[]", b'"x"', b'{"message": "cut', b"\xff\xfe", b"[" * 100_000, b"9" * 9_999],
)
def test_an_unreadable_body_leaves_the_details_empty(body: bytes) -> None:
    error = from_answer(502, body, resource="list")

    assert (error.kind, error.message, error.code, error.trace) == ("unavailable", "", "", "")


def test_details_are_one_printable_line() -> None:
    assert answered(400, {"message": " a\x00b\r\n\tc \u202e d\ud800 "}).message == "ab c  d"


def test_details_are_truncated() -> None:
    assert answered(400, {"message": "m" * 1000}).message == "m" * errors.MAX_TEXT


def test_details_are_redacted_before_they_are_truncated() -> None:
    content = json.dumps({"message": "m" * 497 + "secret", "code": "sec\x00ret", "trace": "secret"}).encode()

    error = from_answer(400, content, resource="list", redact=lambda text: text.replace("secret", "[key]"))

    assert error.message == "m" * 497 + "[ke"
    assert (error.code, error.trace) == ("[key]", "[key]")


def test_each_missing_resource_has_its_own_sentence() -> None:
    assert len({from_answer(404, b"", resource=resource).sentence for resource in ("list", "teammate", "number")}) == 3


def test_a_refused_key_names_who_can_fix_it() -> None:
    assert answered(401).sentence == (
        "Quo did not accept the API key. Ask the person who installed Quo Admin to check QUO_API_KEY: "
        "it may have been revoked."
    )


PAGE = b"<!doctype html><title>Welcome to the hotel</title>"
WEB_PAGE = "A web page answered. Is this the right address, or is a network sign-in page in between? "


@pytest.mark.parametrize("status", [200, 206, 300, 400, 401, 402, 403, 404, 405, 407, 409, 418, 451, 511, 999])
def test_a_web_page_has_its_own_sentence(status: int) -> None:
    error = from_answer(status, PAGE, resource="number", content_type="text/html")

    assert (type(error), error.status, error.is_transient) == (errors.BadPayload, status, False)
    assert error.sentence.startswith(WEB_PAGE)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
def test_a_page_of_quos_gateway_does_not_hide_the_status(status: int) -> None:
    error = from_answer(status, PAGE, resource="list", content_type="text/html", retry_after=7)

    assert (type(error), error.is_transient, error.retry_after) == (KINDS.get(status, Unavailable), True, 7)


def test_every_reason_for_unavailable_has_its_own_sentence() -> None:
    sentences = [Unavailable(reason).sentence for reason in get_args(Reason)]

    assert len(set(sentences)) == len(sentences) == 12


def test_no_sentence_has_a_place_for_a_variable_left() -> None:
    for reason in get_args(Reason):
        assert "{" not in Unavailable(reason).sentence


def test_transient_errors_are_worth_a_retry() -> None:
    passing = [status for status in KINDS if answered(status).is_transient]

    assert passing == [429, 500, 503, 599]


def test_an_insecure_connection_is_not_transient() -> None:
    assert Unavailable("timeout").is_transient
    assert not Unavailable("tls").is_transient
    assert not Unavailable("redirect").is_transient


def test_a_bad_payload_has_its_flaw() -> None:
    assert errors.BadPayload("it is not JSON").flaw == "it is not JSON"


def test_the_sentence_of_a_bad_payload_is_plain_english() -> None:
    assert errors.BadPayload("it is not JSON").sentence == (
        "Quo sent an answer that Quo Admin cannot read. Try again in a few minutes; if it stays so, tell the person "
        "who installed Quo Admin."
    )


def test_each_error_has_its_own_kind() -> None:
    kinds = [kind.kind for kind in QuoError.__subclasses__()]

    assert sorted(kinds) == [
        "bad_payload",
        "bad_request",
        "forbidden",
        "not_found",
        "payment_required",
        "rate_limited",
        "unauthorized",
        "unavailable",
    ]
