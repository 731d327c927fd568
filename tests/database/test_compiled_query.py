"""A compiled query finds what its queryset finds. Fails if Django compiles the queryset in another way."""

from typing import Any

import pytest
from django.db.models import Model

from accounts.models import User
from numbers.memory import freshness, version
from numbers.memory.sync_target import SyncTarget
from numbers.models import SavedFilter, ShownColumns, Sync
from numbers.personal import saved_filters as personal
from numbers.personal.columns import CHOSEN_COLUMNS
from numbers.quo.errors import from_answer
from tests.support.pages import sync_all, sync_failure
from tests.support.quo_answers import number, user

pytestmark = pytest.mark.django_db

SUBJECTS = ["", "US1", "%s", "'", '"; DROP TABLE numbers_sync; --', "%(x)s", "\\", "é\u200d"]


def values(rows: list[Any]) -> list[dict[str, Any]]:
    """Return what was read of each row, by attribute."""
    return [{name: value for name, value in vars(row).items() if name != "_state"} for row in rows]


def alike(found: Model | None, plain: Model | None) -> bool:
    return values([found] if found else []) == values([plain] if plain else [])


def test_the_newest_sync_that_wrote() -> None:
    assert version.NEWEST.rows() == []
    for name in ("A", "B", "B"):
        sync_all(number("PN1", name=name))

    plain = Sync.objects.filter(wrote=True).only("started_at").order_by("-pk").first()

    assert plain
    assert alike(version.NEWEST.first(), plain)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("scope", Sync.Scope)
def test_the_newest_ended_sync_of_a_target(scope: Sync.Scope, subject: str) -> None:
    sync_all(number("PN1", users=[user("US1")]))
    if subject:
        sync_failure(from_answer(401, b"", resource="list"), SyncTarget(Sync.Scope.TEAMMATE, subject))

    found = freshness.NEWEST.first(scope, subject, Sync.Outcome.RUNNING)

    assert alike(found, freshness.ended_syncs(SyncTarget(scope, subject)).first())
    assert (found is not None) == (scope == (Sync.Scope.TEAMMATE if subject else Sync.Scope.WORKSPACE))


def test_the_chosen_columns_of_a_user() -> None:
    ann, bo = (User.objects.create_user(f"{name}@example.com", "a long enough secret") for name in ("ann", "bo"))
    ShownColumns.objects.create(user=ann, columns=["number", "group"])
    assert alike(CHOSEN_COLUMNS.first(ann.pk), ShownColumns.objects.filter(user=ann).first())
    assert CHOSEN_COLUMNS.first(bo.pk) is None


def test_the_saved_filters_in_the_menu() -> None:
    ann, bo = (User.objects.create_user(f"{name}@example.com", "a long enough secret", name=name) for name in "ab")
    for owner, name, is_shared in [(ann, "c", False), (bo, "B", True), (bo, "a", False), (ann, "D", True)]:
        SavedFilter.objects.create(owner=owner, name=name, query="q=a", is_shared=is_shared)

    found = personal.IN_MENU.rows(ann.pk)

    assert found == list(personal.visible_to(ann))
    assert [(row.name, row.owner_name, row.owner_email) for row in found] == [  # type: ignore[attr-defined] # annotated
        ("B", "b", "b@example.com"),
        ("c", "a", "a@example.com"),
        ("D", "a", "a@example.com"),
    ]
