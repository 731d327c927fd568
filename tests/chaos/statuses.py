"""HTTP statuses, each with the sentence that the page must show."""

import json
from collections.abc import Callable, Iterator

from tests.chaos.case import Arrange, Case, Fault
from tests.chaos.fake_quo import Script, answer, repeats_the_key, sends
from tests.chaos.office import Office

GROUP = "statuses"

UNREADABLE = "Quo sent an answer that Quo Admin cannot read."
WEB_PAGE = "A web page answered. Is this the right address, or is a network sign-in page in between?"
STRANGE = "What answers at Quo's address does not behave like Quo."
ELSEWHERE = "Quo's address leads on to another one, or in a circle; the API key must not be sent along."
NOT_ACCEPTED = "Quo did not accept the question, and trying again will not help."
TROUBLE = "Quo itself is having trouble."
BROKE_OFF = "The connection to Quo broke off."
SLOW_DOWN = "Quo asks for fewer questions at a time."
IN_TIME = "Quo did not answer in time."

SENTENCES = {
    401: "Quo did not accept the API key.",
    402: "Quo wants to be paid before it answers.",
    403: "Quo does not let this API key see phone numbers.",
    404: "There is no list of numbers at Quo's address.",
    429: SLOW_DOWN,
}
ANSWERED = (201, 202, 203, 204, 205, 206, 207, 226)
REDIRECTS = range(300, 309)
FOLLOWED = {301, 302, 303, 307, 308}
REFUSALS = (
    *(400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423),
    *(424, 425, 426, 428, 429, 431, 444, 451, 498, 499),
)
TROUBLES = (500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 521, 522, 523, 524, 525, 530, 598, 599)
ODD = (600, 666, 700, 800, 990, 998, 999)
RETRY_AFTER = {
    "1": "one second",
    "0": "no time at all",
    "86400": "a day",
    "Thu, 01 Jan 1970 00:00:00 GMT": "a time long ago",
    "Fri, 31 Dec 9999 23:59:59 GMT": "the end of time",
    "-1": "negative",
    "soon": "not a time",
    "9" * 400: "400 digits",
}
TRACE = "1384200571460009999"


def body(status: int) -> bytes:
    answers = {"message": "Words of the server.", "code": f"0400{status}", "status": status, "trace": TRACE}
    return json.dumps(answers).encode()


def cases() -> Iterator[Case]:
    for status in ANSWERED:
        yield _case(f"{status}", sends(answer(body(status), status)), UNREADABLE)
    for status in REDIRECTS:
        sentence = ELSEWHERE if status in FOLLOWED else STRANGE
        yield Fault(_elsewhere(status), [sentence]).case(GROUP, f"{status} to elsewhere")
        circle = sends(answer(b"", status, "Location: /v1/phone-numbers"))
        yield _case(f"{status} in a circle", circle, sentence)
        yield _case(f"{status} without Location", sends(answer(b"", status)), STRANGE)
    for status in REFUSALS:
        answers = [] if status in {429} else ["Words of the server.", TRACE]
        yield _case(f"{status}", sends(answer(body(status), status)), SENTENCES.get(status, NOT_ACCEPTED), *answers)
    for value, name in RETRY_AFTER.items():
        notices = answer(body(429), 429, f"Retry-After: {value}")
        yield _case(f"429, Retry-After: {name}", sends(notices), SLOW_DOWN, TRACE)
    for status in TROUBLES:
        page = b"<html><h1>Bad Gateway</h1></html>" if status % 2 else body(status)
        yield _case(f"{status}", sends(answer(page, status)), WEB_PAGE if status == 511 else TROUBLE)
    for status in ODD:
        yield _case(f"{status}", sends(answer(body(status), status)), STRANGE)
    yield _case("1000, not a status", sends(answer(b"", 1000)), BROKE_OFF)
    yield _case("a status in words", sends(b"HTTP/1.1 two hundred\r\n\r\n"), BROKE_OFF)
    yield _case("100 Continue, endlessly", sends(b"HTTP/1.1 100 Continue\r\n\r\n" * 3), BROKE_OFF)
    yield _case("503 with a body cut short", sends(answer(body(503), 503)[:-9]), TROUBLE)
    for status in (200, 401, 402, 403, 404):
        page = b"\n<!doctype html><title>Sign in to the hotel's network</title>"
        yield _case(f"{status} with a web page", sends(answer(page, status)), WEB_PAGE)
        if status > 200:
            wrapped = answer(json.dumps({"error": {"message": "Wrapped words.", "trace": TRACE}}).encode(), status)
            yield _case(f"{status}, wrapped", sends(wrapped), SENTENCES[status], "Wrapped words.", TRACE)
    for status, sentence in {400: NOT_ACCEPTED, 401: SENTENCES[401], 500: TROUBLE}.items():
        words = f"A wrong key ({status}): "
        repeating = repeats_the_key(_repeating(status, words))
        yield _case(f"{status} that repeats the API key", repeating, sentence, f"{words}[key]")


def _repeating(status: int, words: str) -> Callable[[str], bytes]:
    return lambda key: answer(json.dumps({"message": f"{words}{key}", "trace": key}).encode(), status)


def _case(name: str, script: Script, *sees: str) -> Case:
    def arrange(office: Office) -> None:
        office.fake_quo.script = script

    return Fault(arrange, sees).case(GROUP, name)


def _elsewhere(status: int) -> Arrange:
    def arrange(office: Office) -> None:
        office.fake_quo.script = sends(answer(b"", status, f"Location: {office.elsewhere.url}/v1/phone-numbers"))

    return arrange
