"""Fills the database by syncs with given answers, and reads pages."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser, LexborNode

from accounts.models import User
from accounts.roles import Role, give_role
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import Sync
from numbers.quo.errors import QuoError
from numbers.quo.payloads import parse_list, parse_one
from numbers.quo.records import Answer, NumberRecord
from numbers.syncing import run as sync
from tests.support.quo_answers import body, listed

HTMX = {"HX-Request": "true"}
LIST = "/numbers/"

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP")


class StubClient:
    """A stub of Quo's client that returns one answer or raises one error."""

    def __init__(self, answer: bytes | QuoError) -> None:
        self._answer = answer

    def list_phone_numbers(self, user_id: str | None = None) -> Answer:  # noqa: ARG002 - the client has it
        return parse_list(self._body())

    def get_phone_number(self, number_id: str) -> NumberRecord:
        return parse_one(self._body(), number_id)

    def _body(self) -> bytes:
        if isinstance(self._answer, QuoError):
            raise self._answer
        return self._answer


def _run(target: SyncTarget, answer: bytes | QuoError, ago: timedelta = timedelta(0), *, accept: bool = True) -> Sync:
    def clock() -> datetime:
        return timezone.now() - ago

    return sync.run(target, StubClient(answer), demo=settings.DEMO, accept_removals=accept, clock=clock)


def sync_all(*records: Mapping[str, Any], ago: timedelta = timedelta(0)) -> Sync:
    """Sync all numbers: Quo's complete answer has exactly these records."""
    return _run(WORKSPACE, body(records), ago)


def sync_raw(*raw: bytes | str) -> Sync:
    """Sync all numbers from records in JSON."""
    return _run(WORKSPACE, listed(*raw))


def sync_number(record: Mapping[str, Any]) -> Sync:
    """Sync one number."""
    return _run(SyncTarget(Sync.Scope.NUMBER, record["id"]), body(record))


def sync_teammate(user_id: str, *records: Mapping[str, Any]) -> Sync:
    """Sync one teammate: Quo's answer has exactly these records."""
    return _run(SyncTarget(Sync.Scope.TEAMMATE, user_id), body(records))


def sync_failure(error: QuoError, target: SyncTarget = WORKSPACE) -> Sync:
    """Run a sync that fails with `error`."""
    return _run(target, error)


def sync_incomplete(*records: Mapping[str, Any]) -> Sync:
    """Sync an answer that lacks so many numbers that they are held."""
    return _run(WORKSPACE, body(records), accept=False)


class PageClient(Client):
    """Django's test client, which also checks that GET requests write nothing."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            response = super().get(*args, **kwargs)
        written = [query["sql"] for query in queries if (query["sql"] or "").lstrip().startswith(_WRITES)]
        if written and (response.has_header("Content-Disposition") or response.status_code in {403, 429}):
            assert written.pop(0).startswith('INSERT INTO "accounts_accessevent"')  # about the export or the refusal
            written = [sql for sql in written if not sql.startswith('DELETE FROM "accounts_accessevent"')]  # once a day
        assert not written, f"a GET request wrote: {written}"
        return response


def client_with_role(role: Role | None, email: str = "ann@example.com", name: str = "") -> PageClient:
    """Return a client that is signed in with this role, or without a role."""
    user = User.objects.create_user(email, "a long enough secret", name=name)
    if role:
        give_role(user, role)
    client = PageClient()
    client.force_login(user)
    return client


def parse_page(response: Any, status: int = 200) -> LexborHTMLParser:
    """Parse a page or fragment, after checking its status."""
    assert response.status_code == status, response.content[:500]
    return LexborHTMLParser(response.content.decode())


def find_one(page: LexborHTMLParser | LexborNode, selector: str) -> LexborNode:
    """Return the only matching element."""
    found = page.css(selector)
    assert len(found) == 1, f"{len(found)} elements fit {selector}"
    return found[0]


def attribute(node: LexborNode, name: str) -> str:
    value = node.attributes[name]
    assert value is not None
    return value


def csrf_token_of(page: LexborHTMLParser, form: str) -> str:
    """Return the CSRF token of the form with this ID."""
    return attribute(find_one(page, f"[name=csrfmiddlewaretoken][form='{form}']"), "value")


def text_of(node: LexborNode | LexborHTMLParser) -> str:
    """Return the text with single spaces."""
    return " ".join((node.text() or "").split())


def texts(nodes: Iterable[LexborNode]) -> list[str]:
    return [text_of(node) for node in nodes]


def numbers_on(page: LexborHTMLParser) -> list[str]:
    """Return the IDs of the rows in order."""
    return [attribute(row, "data-number") for row in page.css("#results tr[data-number]")]


def total_of(page: LexborHTMLParser) -> int:
    return int(attribute(find_one(page, "#results"), "data-total"))


def notices_of(page: LexborHTMLParser) -> list[str]:
    return texts(page.css("p.notice:not([hidden])"))


def assert_no_inline_code(html: str) -> None:
    """Check that the page has no inline script, style or handler, which the policy would block."""
    page = LexborHTMLParser(html)
    for script in page.css("script"):
        assert attribute(script, "src").startswith(("/static/", "/admin/jsi18n/")), script.html
        assert not (script.text() or "").strip()
    assert not page.css("style")
    for node in page.css("*"):
        for name in node.attributes:
            assert not name.startswith("on"), node.html
            assert name != "style", node.html
    for node in page.css("[href], [src], [action]"):
        for name in ("href", "src", "action"):
            assert not (node.attributes.get(name) or "").lower().startswith(("javascript:", "data:", "http")), node.html


ADMIN_EMAIL = "boss@example.com"
KEY = "key-of-the-sandbox"
