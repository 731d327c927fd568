"""A question that is put together once gives what the queryset would give, whatever it is asked with."""

from typing import Any

import pytest
from django.db.models import F, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.models import Sync
from numbers.prepared import Prepared

pytestmark = pytest.mark.django_db

SUBJECTS = ["US1", "%s", "'", '"; DROP TABLE numbers_sync; --', "%(x)s", "\\", "é\u200d", ""]


def about(scope: str, subject: str) -> QuerySet[Sync]:
    return Sync.objects.filter(scope=scope, subject=subject).order_by("-pk")


def newest(least: int) -> QuerySet[Sync]:
    return Sync.objects.filter(pk__gte=least).order_by("-pk")[:1]


@pytest.fixture
def syncs() -> list[Sync]:
    return [
        Sync.objects.create(scope=scope, subject=subject, started_at=timezone.now(), set_aside=[{"path": "$"}])
        for scope in (Sync.Scope.TEAMMATE, Sync.Scope.NUMBER)
        for subject in SUBJECTS
    ]


@pytest.mark.parametrize("subject", [*SUBJECTS, "US2"])
def test_it_finds_what_the_queryset_finds(syncs: list[Sync], subject: str) -> None:
    prepared = Prepared(about, str, str)

    for scope in Sync.Scope.values:
        assert prepared.rows(scope, subject) == list(about(scope, subject))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\x01")
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20))
def test_no_text_comes_into_the_question_itself(syncs: list[Sync], subject: str) -> None:
    assert Prepared(about, str, str).rows("number", subject) == list(about("number", subject))


def test_its_rows_have_the_values_that_python_knows(syncs: list[Sync]) -> None:
    (row,) = Prepared(about, str, str).rows("number", "US1")

    assert (row.started_at.tzinfo is not None, row.wrote, row.set_aside) == (True, False, [{"path": "$"}])


def test_a_key_is_a_value_too(syncs: list[Sync]) -> None:
    prepared = Prepared(newest, int)

    assert prepared.first(syncs[-1].pk) == syncs[-1]
    assert prepared.first(syncs[-1].pk + 1) is None


def test_it_is_put_together_once(syncs: list[Sync], django_assert_num_queries: Any) -> None:
    made = []

    def noted(scope: str, subject: str) -> QuerySet[Sync]:
        made.append(scope)
        return about(scope, subject)

    prepared = Prepared(noted, str, str)
    with django_assert_num_queries(3):
        for subject in ("US1", "US2", "%s"):
            prepared.rows("number", subject)

    assert len(made) == 1


@pytest.mark.parametrize("values", [(), ("number",), ("number", "US1", "more")])
def test_it_is_asked_with_as_many_values_as_it_has_places(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="zip"):
        Prepared(about, str, str).rows(*values)


def test_what_a_queryset_annotates_is_there(syncs: list[Sync]) -> None:
    prepared = Prepared(lambda least: newest(least).annotate(began=F("started_at"), asked=Upper("scope")), int)

    row = prepared.first(syncs[-1].pk)

    assert row is not None
    assert (row.began, row.asked) == (row.started_at, "NUMBER")  # type: ignore[attr-defined]
