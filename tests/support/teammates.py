"""Fills and reads the pages of teammates."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from selectolax.lexbor import LexborHTMLParser, LexborNode

from numbers.memory.sync_target import SyncTarget
from numbers.models import Sync
from numbers.quo.errors import NotFound
from numbers.quo.payloads import parse_list, parse_one
from numbers.syncing import run as sync
from tests.support.caches import clear_caches
from tests.support.pages import attribute, text_of
from tests.support.quo_answers import body
from tests.support.records import FakeClient

PEOPLE = "/teammates/"


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back the changes of the block, for tests with many examples."""
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        clear_caches()


def sync_teammate(
    user_id: str, *listed: Mapping[str, Any], alone: Sequence[Mapping[str, Any]] = (), unknown: Sequence[str] = ()
) -> Sync:
    """Sync a teammate: Quo lists `listed`, returns `alone` for single numbers, and does not know `unknown`."""
    single = {record["id"]: parse_one(body(record), record["id"]) for record in alone}
    nothing = {number_id: NotFound("Quo does not know this number.", status=404) for number_id in unknown}
    source = FakeClient(of={user_id: parse_list(body(listed))}, single={**single, **nothing})
    return sync.run(SyncTarget(Sync.Scope.TEAMMATE, user_id), source)


def people_on(page: LexborHTMLParser) -> list[str]:
    """Return the IDs of the rows in order."""
    return [attribute(row, "data-teammate") for row in page.css("#results tr[data-teammate]")]


def reach_on(page: LexborHTMLParser) -> dict[str, LexborNode]:
    """Return the lines of a teammate's reach by cell."""
    return {attribute(row, "data-reach"): row for row in page.css("[data-reach]")}


def named_in(node: LexborNode) -> dict[str, str]:
    """Return the links to numbers in a part of a page: their texts and paths."""
    return {text_of(link): attribute(link, "href") for link in node.css("a[href^='/numbers/PN']")}
