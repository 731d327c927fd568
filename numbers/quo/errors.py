"""One exception for each kind of failure of Quo, with a sentence that tells people what to do.

Only the HTTP status selects the exception. Quo's own words are attached, cleaned and truncated. No exception refers to
its cause: a request or a response would bring the API key along.
"""

import json
from collections.abc import Callable
from typing import ClassVar, Literal, TypedDict, Unpack

from numbers.quo.web_pages import is_web_page

MAX_TEXT = 500  # characters of each of Quo's texts
MAX_PATHS = 5  # invalid fields of a request
MAX_LAYERS = 4  # of an error inside an error

Resource = Literal["list", "teammate", "number"]
Reason = Literal[
    "timeout",
    "unreachable",
    "broken",
    "name",
    "tls",
    "certificates",
    "proxy",
    "socks",
    "server",
    "redirect",
    "strange",
    "files",
]

_INSTALLER = "Ask the person who installed Quo Admin"


class Words(TypedDict, total=False):
    """Quo's own words about an error."""

    code: str
    message: str
    trace: str


class Details(Words, total=False):
    """Optional details of a QuoError."""

    status: int | None
    retry_after: float | None


class QuoError(Exception):
    """The base class of the exceptions below. Only those are raised.

    `sentence` is for people. `message`, `code` and `trace` are Quo's own words, "" if it sent none. `retry_after` is
    how many seconds Quo asked to wait. `is_transient` means that a retry may succeed.
    """

    kind: ClassVar[str] = ""
    is_transient: bool = False

    def __init__(self, sentence: str, **details: Unpack[Details]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = details.get("status")
        self.retry_after = details.get("retry_after")
        self.quote(details)

    def quote(self, words: Words) -> None:
        """Attach Quo's own words."""
        self.code = words.get("code", "")
        self.message = words.get("message", "")
        self.trace = words.get("trace", "")


class BadRequest(QuoError):
    """Quo rejects the request (400, 409, 422 and the like), or the request is so wrong that it was not sent."""

    kind = "bad_request"


class Unauthorized(QuoError):
    """The API key is missing, wrong or revoked (401)."""

    kind = "unauthorized"


class PaymentRequired(QuoError):
    """The account has an unpaid bill (402)."""

    kind = "payment_required"


class Forbidden(QuoError):
    """The key or the plan does not include this (403)."""

    kind = "forbidden"


class NotFound(QuoError):
    """The number or teammate does not exist, or no longer does (404)."""

    kind = "not_found"


class RateLimited(QuoError):
    """More requests than Quo's limit of ten per second (429)."""

    kind = "rate_limited"
    is_transient = True


class Unavailable(QuoError):
    """No usable answer: Quo failed (5xx) or could not be reached. `reason` says which.

    `variable` is the one of the environment that has to do with it; `has_proxy` tells whether it names a proxy in use.
    """

    kind = "unavailable"

    def __init__(
        self, reason: Reason, variable: str = "HTTPS_PROXY", *, has_proxy: bool = False, **details: Unpack[Details]
    ) -> None:
        sentence = _UNAVAILABLE[reason] + (_MAYBE_THE_PROXY if has_proxy and reason in _ALSO_OF_PROXIES else "")
        super().__init__(sentence.format(variable=variable), **details)
        self.reason = reason
        self.is_transient = reason in _TRANSIENT


class BadPayload(QuoError):
    """An answer that violates Quo's description: `flaw` says how, for developers.

    It does not quote the answer, which is full of names and telephone numbers.
    """

    kind = "bad_payload"

    def __init__(self, flaw: str, sentence: str = "", **details: Unpack[Details]) -> None:
        super().__init__(sentence or _UNREADABLE, **details)
        self.flaw = flaw


_UNREADABLE = (
    "Quo sent an answer that Quo Admin cannot read. Try again in a few minutes; if it stays so, tell the person who "
    "installed Quo Admin."
)
_WEB_PAGE = (
    "A web page answered. Is this the right address, or is a network sign-in page in between? "
    f"{_INSTALLER} to check Quo's address and the network."
)
_UNAVAILABLE: dict[Reason, str] = {
    "timeout": (
        "Quo did not answer in time. Try again in a few minutes; if it stays so, ask your IT person to check "
        "the internet connection of the computer that runs Quo Admin."
    ),
    "unreachable": (
        "Quo could not be reached: nothing takes connections at its address. Try again in a few minutes; "
        "if it stays so, ask your IT person whether a firewall is in the way."
    ),
    "broken": "The connection to Quo broke off. Try again in a few minutes.",
    "name": (
        "Quo's address could not be found. Check the internet connection of the computer that runs "
        "Quo Admin; if that works, ask your IT person to check its DNS and QUO_API_URL."
    ),
    "tls": (
        "The connection to Quo is not secure, so nothing was asked. Ask your IT person to check the clock "
        "and the certificates (REQUESTS_CA_BUNDLE) of the computer that runs Quo Admin, and whether something on the "
        "network reads secure connections."
    ),
    "certificates": (
        "No certificates can be read where {variable} says, so nothing was asked. Ask your IT person to correct it."
    ),
    "proxy": (
        "The proxy on the way to Quo does not let Quo Admin through. Ask your IT person to check the proxy "
        "and {variable}."
    ),
    "socks": (
        "{variable} names a SOCKS proxy, which Quo Admin cannot use, so nothing was asked. Ask your IT person for the "
        "address of an HTTP proxy."
    ),
    "server": "Quo itself is having trouble. Try again in a few minutes; there is nothing to repair here.",
    "redirect": (
        "Quo's address leads on to another one, or in a circle; the API key must not be sent along. "
        f"{_INSTALLER} to check QUO_API_URL."
    ),
    "strange": (
        f"What answers at Quo's address does not behave like Quo. {_INSTALLER} to check QUO_API_URL and {{variable}}."
    ),
    "files": (
        "Quo Admin could not use the file that keeps it within Quo's limit, so nothing was asked. "
        f"{_INSTALLER} to check the free space and the permissions of DATA_DIR."
    ),
}
_ALSO_OF_PROXIES: frozenset[Reason] = frozenset({"timeout", "unreachable", "broken"})
_MAYBE_THE_PROXY = " The connection goes through a proxy: ask your IT person to check it and {variable}."
_TRANSIENT: frozenset[Reason] = frozenset({"timeout", "unreachable", "broken", "name", "proxy", "server"})

_REFUSED: dict[int, tuple[type[QuoError], str]] = {
    401: (
        Unauthorized,
        f"Quo did not accept the API key. {_INSTALLER} to check QUO_API_KEY: it may have been revoked.",
    ),
    402: (
        PaymentRequired,
        "Quo wants to be paid before it answers. Ask the person who manages your Quo account to check its billing.",
    ),
    403: (
        Forbidden,
        "Quo does not let this API key see phone numbers. Ask an owner or admin of your Quo workspace "
        "what the key may do, and whether your plan includes the API.",
    ),
    429: (
        RateLimited,
        "Quo asks for fewer questions at a time. Wait a minute, then try again; if it stays so, find out "
        "what else uses the same API key.",
    ),
}
_MISSING: dict[Resource, str] = {
    "list": f"There is no list of numbers at Quo's address. {_INSTALLER} to check QUO_API_URL.",
    "teammate": "Quo does not know this teammate: they may have left the workspace. Check them in Quo.",
    "number": "Quo does not know this number: it may have left the workspace. Check it in Quo.",
}
_NOT_UNDERSTOOD = (
    "Quo did not accept the question, and trying again will not help. Tell the person who installed Quo Admin, "
    "with what Quo said."
)


def unusable_key() -> Unauthorized:
    """Return the error for a key that no header can carry."""
    return Unauthorized(
        "There is no usable API key: it is empty, or holds characters that cannot be sent. "
        f"{_INSTALLER} to check QUO_API_KEY."
    )


def web_page(status: int) -> BadPayload:
    """Return the error for a web page where Quo's answer is expected."""
    return BadPayload("it is a web page", sentence=_WEB_PAGE, status=status)


def from_answer(
    status: int,
    body: bytes,
    *,
    resource: Resource,
    content_type: str = "",
    retry_after: float | None = None,
    redact: Callable[[str], str] = str,
) -> QuoError:
    """Return the error for an answer with any status but 200 and any body.

    `redact` is applied to each of Quo's texts.
    """
    if _is_telling(status) and is_web_page(body, content_type):
        return web_page(status)
    details: Details = {"status": status, "retry_after": retry_after, **quos_words(body, redact)}
    if status in _REFUSED:
        refusal, sentence = _REFUSED[status]
        return refusal(sentence, **details)
    if status == 404:
        return NotFound(_MISSING[resource], **details)
    if 400 <= status < 500:
        return BadRequest(_NOT_UNDERSTOOD, **details)
    if 200 <= status < 300:
        return BadPayload(f"status {status} instead of 200", **details)
    return Unavailable("server" if 500 <= status < 600 else "strange", **details)


def _is_telling(status: int) -> bool:
    """Return whether a web page with this status is not Quo's: its gateways send pages with 429 and 5xx.

    511 is the status of a network's sign-in page.
    """
    return status == 511 or (status != 429 and not 500 <= status < 600)


def quos_words(body: bytes, redact: Callable[[str], str]) -> Words:
    """Return the `message`, `code` and `trace` of an error, flat or wrapped: `{"error": {"message", "key", "trace"}}`.

    Any part may be missing. Invalid fields are appended to the message.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):  # HTML, empty, truncated, nested too deeply
        return {}
    layers = _layers(answer)
    message = _first_text(layers, "message", "detail", "title", "error_description", "error")
    if places := ", ".join(_paths(layers)):
        message = f"{message} ({places})".strip()
    code, trace = _first_text(layers, "code", "key"), _first_text(layers, "trace")
    message, code, trace = (redact(text)[:MAX_TEXT] for text in (message, code, trace))
    return {"message": message, "code": code, "trace": trace}


def _layers(answer: object) -> list[dict[str, object]]:
    """Return the objects that describe an error, the outermost first."""
    layers: list[dict[str, object]] = []
    while len(layers) < MAX_LAYERS:
        if isinstance(answer, list) and answer:
            answer = answer[0]
        if not isinstance(answer, dict):
            break
        layers.append(answer)
        answer = answer["error"] if isinstance(answer.get("error"), dict | list) else answer.get("errors")
    return layers


def _first_text(layers: list[dict[str, object]], *names: str) -> str:
    """Return the first text under any of the names; an earlier name wins over an outer layer."""
    texts = (_text(layer.get(name)) for name in names for layer in layers)
    return next(filter(None, texts), "")


def _paths(layers: list[dict[str, object]]) -> list[str]:
    """Return where the request is invalid."""
    for layer in layers:
        if isinstance(errors := layer.get("errors"), list):
            paths = [_text(error.get("path")) for error in errors[:MAX_PATHS] if isinstance(error, dict)]
            return list(filter(None, paths))
    return []


def _text(value: object) -> str:
    """Return a string or number as one line, without unprintable characters; "" for any other value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return "".join(filter(str.isprintable, " ".join(str(value).split())))
