"""The format of log lines; that they cannot be forged, and hold nothing unintended."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import RequestFactory

from quo_admin import request_id
from quo_admin.logs import FIELDS, MAX_FRAMES, MAX_TEXT
from tests.support.logs import Log

OURS = logging.getLogger("numbers.somewhere")
LIBRARY = logging.getLogger("library.somewhere")

BOTH = pytest.mark.parametrize("log", ["plain", "json"], indirect=True)
HOSTILE = {
    "a new line": "a\nERROR forged",
    "a new line of Windows": "a\r\nforged",
    "terminal controls": "a\x1b[2J\x1b]0;title\x07",
    "new lines of Unicode": "a\u2028b\u2029c\x85d",
    "turned writing": "\u202eevil\u2066",
    "NUL": "\x00",
    "half a character": "\ud800",
    "JSON": '"}\n{"level": "ERROR", "message": "forged"}',
}


def test_a_json_line_has_time_level_logger_and_request(log: Log) -> None:
    begun = request_id.begin()
    OURS.warning("all is %s", "well", extra={"status": 200, "quo_trace": "77"})

    (line,) = log.objects
    assert list(line)[:5] == ["time", "level", "logger", "message", "request_id"]
    assert line["time"].endswith("Z")
    assert abs((datetime.now(UTC) - datetime.fromisoformat(line.pop("time"))).total_seconds()) < 60
    assert line == {
        "level": "WARNING",
        "logger": "numbers.somewhere",
        "message": "all is well",
        "request_id": begun,
        "status": 200,
        "quo_trace": "77",
    }


@pytest.mark.parametrize("log", ["plain"], indirect=True)
def test_a_plain_line_has_the_same_fields(log: Log) -> None:
    begun = request_id.begin()
    OURS.warning("all is well", extra={"status": 200, "path": 'a "b"'})

    (line,) = log.lines
    assert line.partition(" WARNING ")[2] == f'numbers.somewhere [{begun}] all is well path="a \\"b\\"" status=200'


@pytest.mark.parametrize("log", ["plain"], indirect=True)
def test_the_plain_log_has_only_warnings(log: Log) -> None:
    OURS.info("all is well")

    assert log.text == ""


@BOTH
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("logger", [OURS, LIBRARY])
def test_no_text_starts_a_new_line_or_controls_a_terminal(log: Log, logger: logging.Logger, text: str) -> None:
    logger.warning("said %s", text, extra={"path": text, "error_kind": text})
    logger.warning(text + " %s", text)

    assert log.text.count("\n") == len(log.lines) == 2
    assert all(line.isprintable() for line in log.lines)
    assert all(line.startswith(("2", "{")) for line in log.lines)


@BOTH
def test_a_long_text_is_truncated(log: Log) -> None:
    OURS.warning("x" * 100_000, extra={"path": "y" * 100_000})

    assert len(log.text) < 3 * MAX_TEXT


@BOTH
def test_only_listed_fields_are_logged(log: Log) -> None:
    assert "email" not in FIELDS
    OURS.warning("a", extra={"email": "ann@example.com", "request": "?q=Ann"})

    assert "ann@" not in log.text
    assert "Ann" not in log.text


def _fail(secret: str) -> None:
    try:
        int(secret)
    except ValueError as error:
        raise RuntimeError(f"cannot read {secret}") from error


@BOTH
@pytest.mark.parametrize("logger", [OURS, LIBRARY])
def test_an_exception_is_logged_with_types_and_locations_but_no_values(log: Log, logger: logging.Logger) -> None:
    try:
        _fail("Zuleika")
    except RuntimeError:
        logger.exception("it failed")

    assert "Zuleika" not in log.text
    assert "RuntimeError" in log.text
    assert "caused by ValueError" in log.text
    assert "tests/project/logs/test_lines.py:" in log.text
    assert " _fail" in log.text


@BOTH
def test_a_deep_exception_is_logged_with_few_frames(log: Log) -> None:
    def deeper() -> None:
        deeper()

    try:
        deeper()
    except RecursionError:
        OURS.exception("too deep")

    assert log.text.count(" deeper") == MAX_FRAMES


@BOTH
def test_a_cycle_of_causes_ends(log: Log) -> None:
    one, other = ValueError("Zuleika"), TypeError("Zuleika")
    one.__cause__, other.__cause__ = other, one
    OURS.error("a", exc_info=one)

    assert "Zuleika" not in log.text
    assert log.text.count("ValueError") < 10


@BOTH
@pytest.mark.parametrize(
    ("message", "args", "logged"),
    [
        ("Worker (pid:%s) was sent %s!", (12, "SIGKILL"), "Worker (pid:12) was sent SIGKILL!"),
        ("Error handling request %s", ("/numbers/?q=Zuleika",), "Error handling request (…)"),
        ("Invalid request: Zuleika", (), "is not shown"),
        ({"name": "Zuleika"}, (), "is not shown"),
        ("%(name)s", ({"name": "Zuleika"},), "is not shown"),
    ],
)
def test_a_librarys_message_is_logged_without_its_arguments(
    log: Log, message: Any, args: tuple[Any, ...], logged: str
) -> None:
    LIBRARY.error(message, *args)

    assert "Zuleika" not in log.text
    assert logged in log.text.encode().decode("unicode_escape" if log.text.startswith("{") else "utf-8")
    assert "test_lines.py:" in log.text


@BOTH
@pytest.mark.parametrize(
    ("status", "logged"), [({"status_code": 403}, "Forbidden"), ({}, "request"), ({"status_code": 9}, "request")]
)
def test_djangos_messages_about_requests_are_replaced(log: Log, status: dict[str, int], logged: str) -> None:
    request = RequestFactory().get("/numbers/", {"q": "Zuleika"})
    logging.getLogger("django.security.csrf").warning("Zuleika %s", "Zuleika", extra={"request": request, **status})

    assert f" {logged} " in log.text or f'"{logged}"' in log.text
    assert "/numbers/" in log.text
    assert "Zuleika" not in log.text


@BOTH
@pytest.mark.parametrize("logger", ["numbers", "library"])
def test_a_message_with_wrong_arguments_is_logged(log: Log, logger: str) -> None:
    # Directly to the handler: pytest's own handler fails a test that logs such a message.
    log.handler.handle(logging.LogRecord(logger, logging.ERROR, "file.py", 1, "%d numbers", ("Zuleika",), None))

    assert "%d numbers" in log.text
    assert "Zuleika" not in log.text


def test_a_line_that_cannot_be_written_appears_nowhere_else(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.handler.stream.close()
    OURS.error("lost", extra={"path": "lost"})

    assert capsys.readouterr() == ("", "")


def test_json_is_ascii(log: Log) -> None:
    OURS.warning("é \N{GRINNING FACE}")

    assert log.text.isascii()
    assert json.loads(log.text)["message"] == "é \N{GRINNING FACE}"


@pytest.mark.parametrize("name", ["django", "django.server", "django.request", "numbers", "gunicorn.access"])
def test_no_other_logger_has_its_own_handlers(log: Log, name: str) -> None:
    """Django's own handlers log whole addresses, and mail errors with all request data."""
    logger = logging.getLogger(name)

    assert logger.handlers == []
    assert logger.propagate
