"""Carries questions to the company's provider: to the address given and no other, in bounded time and size."""

from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar

import msgspec
import requests
from urllib3.exceptions import HTTPError

from accounts.company.refusals import MISUNDERSTOOD, UNREACHABLE, Refused
from quo_admin.http.deadline import Deadline

SECONDS = 5.0  # for one question, from the first byte to the last: a sign-in asks four times
MAX_BYTES = 1_000_000

Shape = TypeVar("Shape")


def ask(
    url: str, shape: type[Shape], *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Shape:
    """Return the JSON at `url` as `shape`; a `form` is posted. Raises Refused, in whose text is nothing that was sent.

    Redirects are not followed: what the provider's own description names is where it answers.
    """
    deadline = Deadline(SECONDS)
    failure: Refused | None = None
    body = b""
    with requests.Session() as session:
        session.auth = lambda request: request  # else requests looks for passwords in .netrc
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        try:
            with session.request(
                "GET" if form is None else "POST",
                url,
                data=form,
                headers={"Accept": "application/json", **(headers or {})},
                timeout=SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response:
                status = response.status_code
                if status == 200:
                    with deadline.stops(response):
                        body = _read(response)
                else:
                    failure = Refused(UNREACHABLE if status >= 500 else MISUNDERSTOOD, cause=f"status {status}")
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            failure = Refused(UNREACHABLE, cause=type(error).__name__)
    if not deadline.left():  # also where it stopped the reading, which may look like the end of the answer
        failure = Refused(UNREACHABLE, cause="timeout")
    if failure:  # raised here, outside of `except`, which would hand on the request and its secrets
        raise failure
    try:
        return msgspec.json.decode(body, type=shape)
    except (ValueError, RecursionError):  # msgspec's own are ValueErrors
        raise Refused(MISUNDERSTOOD, cause="not the JSON expected") from None


def _read(response: requests.Response) -> bytes:
    body = b""
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError("too large")
    return body
