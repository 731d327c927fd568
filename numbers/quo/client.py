"""The two requests that Quo Admin sends to Quo, and how it retries them."""

import logging
import time
from collections.abc import Callable
from typing import Self, TypeVar
from urllib.parse import quote

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

from numbers.quo import errors, ids
from numbers.quo.errors import BadPayload, BadRequest, QuoError, Resource, Unavailable
from numbers.quo.payloads import parse_list, parse_one
from numbers.quo.records import Answer, NumberRecord
from numbers.quo.transport import KeyAuth, Session
from numbers.quo.web_pages import is_web_page
from quo_admin.http.session import MAX_ERROR_BYTES, Deadline

log = logging.getLogger(__name__)

ATTEMPTS = 4
MAX_RETRY_AFTER = 30  # seconds

T = TypeVar("T")

_backoff = wait_exponential_jitter(initial=1, max=MAX_RETRY_AFTER, jitter=1)


class QuoClient:
    """Reads Quo's phone numbers as they are now. Not thread-safe.

    Every method raises QuoError and nothing else. `timeout` is the limit of a whole call in seconds, including retries
    and the waits between them. Raises ValueError if `base_url` is not the address of a web server.
    """

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        throttle: Callable[[], None],
        version: str,
        timeout: float = 60,
        max_bytes: int = 200_000_000,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = KeyAuth(api_key.strip())
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._session = Session(base_url=base_url, auth=self._auth, throttle=throttle)
        self._session.headers.update(
            {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": f"QuoAdmin/{version}"}
        )
        self._sleep = sleep
        self._clock = clock

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. The client can still be used: it reconnects."""
        self._session.close()

    @property
    def calls(self) -> int:
        """Return the number of HTTP requests sent, including retries."""
        return self._session.sent

    def list_phone_numbers(self, user_id: str | None = None) -> Answer:
        """Return every number of the workspace or, with a teammate's id (`US…`), the numbers the teammate is on."""
        if user_id is None:
            return self._parsed(parse_list, self._get("/v1/phone-numbers", "list"))
        if not ids.is_user_id(user_id):
            raise BadRequest("This is not the ID of a Quo teammate: it would begin with US. Check the link.")
        body = self._get(f"/v1/phone-numbers?userId={quote(user_id, safe='')}", "teammate")
        return self._parsed(parse_list, body)

    def get_phone_number(self, number_id: str) -> NumberRecord:
        """Return a number by its id (`PN…`)."""
        if not ids.is_number_id(number_id):
            raise BadRequest("This is not the ID of a Quo number: it would begin with PN. Check the link.")
        body = self._get(f"/v1/phone-numbers/{quote(number_id, safe='')}", "number")
        return self._parsed(lambda body: parse_one(body, number_id), body)

    def _parsed(self, parse: Callable[[bytes], T], body: bytes) -> T:
        """Parse an answer. If it cannot be read, it may be an error with status 200: add Quo's own words."""
        try:
            return parse(body)
        except BadPayload as error:
            log.info("unreadable answer: %s", error.flaw)
            error.quote(errors.quos_words(body[:MAX_ERROR_BYTES], self._auth.redact))
            raise

    def _get(self, path: str, resource: Resource) -> bytes:
        if not self._auth.is_sendable():
            raise errors.unusable_key()
        deadline = self._session.deadline = Deadline(self._timeout, self._clock)
        failures: list[QuoError] = []
        attempts = stop_after_attempt(ATTEMPTS)
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, QuoError) and error.is_transient),
            wait=_wait,
            stop=lambda state: attempts(state) or state.upcoming_sleep >= deadline.left(),
            after=lambda state: failures.append(_error_of(state)),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, path, resource)
        except Unavailable as error:
            answered = [failure for failure in failures if failure.status is not None]
            if error.reason == "timeout" and answered:
                raise answered[-1] from error  # Quo's own error says more than the timeout of the next attempt
            raise

    def _attempt(self, path: str, resource: Resource) -> bytes:
        reply = self._session.fetch(self._base_url + path, self._max_bytes)
        content_type = reply.headers.get("Content-Type", "")
        if reply.status == 200:
            if is_web_page(reply.body, content_type):
                raise errors.web_page(reply.status)
            return self._auth.redact_body(reply.body)
        raise errors.from_answer(
            reply.status,
            reply.body,
            resource=resource,
            content_type=content_type,
            retry_after=parse_retry_after(reply.headers.get("Retry-After", "")),
            redact=self._auth.redact,
        )


def _error_of(state: RetryCallState) -> QuoError:
    """Return the error that caused the retry."""
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, QuoError)  # noqa: S101 - nothing else is retried
    return error


def _wait(state: RetryCallState) -> float:
    """Return the seconds that Quo asks for, up to a cap; otherwise 1, 2 and 4 seconds plus jitter."""
    error = _error_of(state)
    if error.retry_after is not None:
        return min(error.retry_after, MAX_RETRY_AFTER)
    return _backoff(state)


def parse_retry_after(text: str) -> float | None:
    """Return the seconds that a Retry-After header asks for, in either of its forms; None if it is invalid."""
    try:
        return Retry().parse_retry_after(text)
    except (InvalidHeader, ValueError, OverflowError):
        return None
