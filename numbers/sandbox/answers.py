"""The sandbox's responses, in the shapes of Quo's published description. The whole list is cached."""

import gzip
import itertools
import json
import re
import threading
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes

from numbers.sandbox.workspace import Record, Workspace

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
NUMBERS_PATH = "/v1/phone-numbers"

USER_ID_PATTERN = "^US(.*)$"
NUMBER_ID_PATTERN = "^PN(.*)$"

# (code, title, message). The description declares the first five; Quo also sends the others.
ERRORS = {
    400: ("0400400", "Bad Request", "The request is invalid."),
    401: ("0400401", "Unauthorized", "The API key is missing or invalid."),
    403: ("0400403", "Forbidden", "The API key may not do this."),
    404: ("0400404", "Not Found", "There is nothing at this address."),
    500: ("0401500", "Unknown", "Something went wrong on the server."),
    402: ("0400402", "Payment Required", "The subscription of the workspace has ended."),
    405: ("0400405", "Method Not Allowed", "This address only answers GET."),
    409: ("0400409", "Conflict", "The request conflicts with another one."),
    422: ("0400422", "Unprocessable Entity", "The request cannot be processed."),
    429: ("0400429", "Too Many Requests", "More than 10 requests in a second."),
}

_traces = itertools.count(1_384_200_571_460_000_000, 7_919)


@dataclass(frozen=True)
class Response:
    """An HTTP response.

    `data` is the list of numbers or the number in a healthy body. Most faults start from it. `packed` is the gzipped
    body if it is cached.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()
    data: Any = None
    packed: bytes | None = None


def render(value: object) -> bytes:
    """Return `value` as UTF-8 JSON, as compact as a JavaScript server writes it."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a lone surrogate, which UTF-8 cannot encode but JSON can escape
        return json.dumps(value, separators=(",", ":")).encode()


def healthy(data: Any) -> Response:  # noqa: ANN401 - records may be malformed on purpose
    if isinstance(data, list):
        # Encode each record separately: in one string, a single emoji would quadruple its memory.
        return Response(200, b'{"data":[' + b",".join([render(record) for record in data]) + b"]}", data=data)
    return Response(200, render({"data": data}), data=data)


def error(
    status: int,
    message: str = "",
    errors: list[dict[str, Any]] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Response:
    """Return an error in the description's shape, flat, with a new trace."""
    code, title, default_message = ERRORS[status]
    body: dict[str, Any] = {
        "message": message or default_message,
        "code": code,
        "status": status,
        "docs": "https://quo.com/docs",
        "title": title,
        "trace": str(next(_traces)),
    }
    if errors:
        body["errors"] = errors
    return Response(status, render(body), headers=headers)


def wrapped(response: Response) -> Response:
    """Return an error of `error()` as the live service sends it: `{"error": {"message", "key", "trace"}}`.

    Other responses stay as they are.
    """
    if response.status not in ERRORS:
        return response
    body = json.loads(response.body)
    inner = {"message": body["message"], "key": body["code"], "trace": body["trace"]}
    if "errors" in body:
        inner["errors"] = body["errors"]
    return replace(response, body=render({"error": inner}))


def mismatch(path: str, value: object, pattern: str) -> Response:
    """Return the 400 for a parameter that does not match `pattern`."""
    problem = {
        "path": path,
        "message": f"Expected string to match '{pattern}'",
        "value": value,
        "schema": {"type": "string", "pattern": pattern},
    }
    return error(400, "A parameter is invalid.", [problem])


def matches(value: str, pattern: str) -> bool:
    """Return whether `value` matches as in JavaScript, where `.` is no line break and `$` is the very end."""
    prefix = pattern.removeprefix("^").removesuffix("(.*)$")
    return re.fullmatch(re.escape(prefix) + r"[^\n\r\u2028\u2029]*", value) is not None


class HealthyApi:
    """Answers requests about a workspace. The whole list is rendered once, and again after `refresh()`."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._lock = threading.Lock()
        self._version: int | None = None
        self._whole: Response
        self._by_id: dict[str, Record]
        self._by_user: dict[str, list[Record]]

    def prepare(self) -> None:
        """Render the whole list and build the indexes, if the workspace has changed."""
        with self._lock:
            if self._version == self.workspace.version:
                return
            version = self.workspace.version
            plain = healthy(self.workspace.numbers)
            # Level 3 compresses a big list in about a second, with hardly any loss in size.
            packed = gzip.compress(plain.body, 3, mtime=0)
            self._whole = Response(plain.status, plain.body, data=plain.data, packed=packed)
            self._by_id, self._by_user = _index(self.workspace.numbers)
            self._version = version

    def get(self, target: str) -> Response:
        """Answer GET `target`, the raw path and query of the request line (bytes as Latin-1)."""
        self.prepare()
        path, _, query = target.partition("?")
        try:
            if path == NUMBERS_PATH:
                return self._list(parse_qs(query, keep_blank_values=True, errors="strict"))
            number_id = path.removeprefix(NUMBERS_PATH + "/")
            if number_id not in {path, ""} and "/" not in number_id:
                # Decode only once: an id may itself contain a percent sign.
                return self._single(unquote_to_bytes(number_id.encode("latin-1")).decode())
        except ValueError:
            return error(400, "The address is not valid percent-encoded UTF-8.")
        return error(404)

    def _list(self, query: dict[str, list[str]]) -> Response:
        values = query.get("userId")
        if values is None:
            return self._whole
        if len(values) > 1 or not matches(values[0], USER_ID_PATTERN):
            return mismatch("/userId", values[0] if len(values) == 1 else values, USER_ID_PATTERN)
        return healthy(self._by_user.get(values[0], []))

    def _single(self, number_id: str) -> Response:
        if not matches(number_id, NUMBER_ID_PATTERN):
            return mismatch("/phoneNumberId", number_id, NUMBER_ID_PATTERN)
        record = self._by_id.get(number_id)
        return healthy(record) if record is not None else error(404, "There is no phone number with this id.")


def _index(numbers: list[Record]) -> tuple[dict[str, Record], dict[str, list[Record]]]:
    """Return the records by id and by user id. Tolerates malformed records, which tests add."""
    by_id: dict[str, Record] = {}
    by_user: dict[str, list[Record]] = {}
    for record in numbers:
        if not isinstance(record, dict):
            continue
        by_id[str(record.get("id"))] = record
        users = record.get("users")
        for user in users if isinstance(users, list) else ():
            if isinstance(user, dict):
                by_user.setdefault(str(user.get("id")), []).append(record)
    return by_id, by_user
