"""Requests to the company's identity provider."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from accounts.company.refusals import MISUNDERSTOOD, UNREACHABLE, SignInRefused
from quo_admin.http.session import BoundedSession, Deadline

SECONDS = 5.0  # for one request, from the first byte to the last: a sign-in sends four
MAX_BYTES = 1_000_000

Shape = TypeVar("Shape")


def ask(
    url: str, shape: type[Shape], *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> Shape:
    """Return the JSON at `url` as `shape`; a `form` is posted. Raises SignInRefused, which holds nothing that was sent.

    Redirects are not followed: the provider answers at the addresses in its own description.
    """
    method = "GET" if form is None else "POST"
    headers = {"Accept": "application/json", **(headers or {})}
    with BoundedSession(Deadline(SECONDS)) as session:
        reply = session.exchange(method, url, MAX_BYTES, _explain, data=form, headers=headers)
    if reply.status != 200:
        raise SignInRefused(UNREACHABLE if reply.status >= 500 else MISUNDERSTOOD, cause=f"status {reply.status}")
    try:
        return msgspec.json.decode(reply.body, type=shape)
    except (ValueError, RecursionError):  # msgspec's own are ValueErrors
        raise SignInRefused(MISUNDERSTOOD, cause="not the JSON expected") from None


def _explain(error: Exception) -> SignInRefused:
    return SignInRefused(UNREACHABLE, cause="timeout" if isinstance(error, TimeoutError) else type(error).__name__)
