"""The two questions that Quo Admin asks, and how often it asks again."""

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import quote

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

from numbers.quo import errors, ids
from numbers.quo.errors import Asked, BadRequest, QuoError, Unavailable
from numbers.quo.payloads import Answer, NumberRecord, parse_list, parse_one
from numbers.quo.transport import KeyAuth, Session
from quo_admin.http.session import Deadline

ATTEMPTS = 4
MAX_RETRY_AFTER = 30  # seconds

_backoff = wait_exponential_jitter(initial=1, max=MAX_RETRY_AFTER, jitter=1)


class QuoClient:
    """Quo's phone numbers, as they are now.

    Every method raises a QuoError and nothing else. `timeout` bounds a whole call, in seconds: its attempts
    and the waiting between them. `headers` are sent besides. Not for two threads at once.

    Raises ValueError where `base_url` is not the address of a web server.
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
        headers: Mapping[str, str] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._auth = KeyAuth(api_key.strip())
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._session = Session(base_url=base_url, auth=self._auth, throttle=throttle)
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"QuoAdmin/{version}",
                **(headers or {}),
            }
        )
        self._sleep = sleep
        self._clock = clock

    def __repr__(self) -> str:
        return f"<QuoClient {self._session!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up. The client can still be used, and connects anew."""
        self._session.close()

    @property
    def calls(self) -> int:
        """How often Quo was asked over HTTP, retries included."""
        return self._session.sent

    def list_phone_numbers(self, user_id: str | None = None) -> Answer:
        """Every number of the workspace; with a teammate's id (`US…`), those that the teammate is on."""
        if user_id is None:
            return parse_list(self._get("/v1/phone-numbers", "list"))
        if not ids.is_user_id(user_id):
            raise BadRequest("This is not the ID of a Quo teammate: it would begin with US. Check the link.")
        return parse_list(self._get(f"/v1/phone-numbers?userId={quote(user_id, safe='')}", "teammate"))

    def get_phone_number(self, number_id: str) -> NumberRecord:
        """One number, by its id (`PN…`)."""
        if not ids.is_number_id(number_id):
            raise BadRequest("This is not the ID of a Quo number: it would begin with PN. Check the link.")
        body = self._get(f"/v1/phone-numbers/{quote(number_id, safe='')}", "number")
        return parse_one(body, number_id)

    def _get(self, path: str, asked: Asked) -> bytes:
        if not self._auth.is_sendable():
            raise errors.unusable_key()
        deadline = self._session.deadline = Deadline(self._timeout, self._clock)
        heard: list[QuoError] = []  # what made it try again
        attempts = stop_after_attempt(ATTEMPTS)
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, QuoError) and error.passing),
            wait=_wait,
            stop=lambda state: attempts(state) or state.upcoming_sleep >= deadline.left(),
            after=lambda state: heard.append(_error_of(state)),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, path, asked)
        except Unavailable as error:
            said = [one for one in heard if one.status is not None]
            if error.reason == "timeout" and said:
                raise said[-1] from error  # that there was no time left for another answer says less
            raise

    def _attempt(self, path: str, asked: Asked) -> bytes:
        reply = self._session.fetch(self._base_url + path, self._max_bytes)
        if reply.status == 200:
            return self._auth.redact_body(reply.body)
        raise errors.from_answer(
            reply.status,
            reply.body,
            asked=asked,
            retry_after=parse_retry_after(reply.headers.get("Retry-After", "")),
            redact=self._auth.redact,
        )


def _error_of(state: RetryCallState) -> QuoError:
    """The error for which there will be another attempt."""
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, QuoError)  # noqa: S101 - only those are tried again
    return error


def _wait(state: RetryCallState) -> float:
    """Seconds: what Quo asks for, up to a cap; else one, then two, then four, each with up to one more."""
    error = _error_of(state)
    if error.retry_after is not None:
        return min(error.retry_after, MAX_RETRY_AFTER)
    return _backoff(state)


def parse_retry_after(text: str) -> float | None:
    """Seconds from now, of a Retry-After header in either of its forms; None where it holds neither."""
    try:
        return Retry().parse_retry_after(text)
    except (InvalidHeader, ValueError, OverflowError):
        return None
