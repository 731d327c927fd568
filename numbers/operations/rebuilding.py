"""Computes everything again that is derived from what Quo said, and corrects the rows that differ.

`verify` compares the same values. Each chunk of rows is one transaction, so a rebuild can be killed and run again.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Model, QuerySet

from numbers.database.bulk_insert import insert
from numbers.database.paging import CHUNK
from numbers.memory.search.postgresql import ensure_index
from numbers.models import Assignment, NumberState, PhoneNumber, SearchText, Teammate, TeammateState
from numbers.operations.invariants.facts import (
    derived_of_number,
    derived_of_teammate,
    differences,
    is_searched_right,
    read_from_answer,
    search_texts,
    texts_of_gone_numbers,
    without_times,
)

_MEMORY: tuple[type[Model], ...] = (PhoneNumber, NumberState, SearchText, Teammate, TeammateState, Assignment)


@dataclass(frozen=True)
class Rebuilt:
    """How many rows were corrected, and how many states have a text that cannot be read."""

    numbers: int
    teammates: int
    search_texts: int
    unreadable: int

    def __bool__(self) -> bool:
        return bool(self.numbers or self.teammates or self.search_texts)


def rebuild() -> Rebuilt:
    """Rebuild indexes, derived columns and search texts. The caller holds the lock of syncs. Raises DatabaseError."""
    _rebuild_indexes()
    numbers, unreadable = _correct(without_times(NumberState).annotate(quo_id=F("phone_number__quo_id")), _of_number)
    teammates, nameless = _correct(without_times(TeammateState).select_related("teammate"), derived_of_teammate)
    return Rebuilt(numbers, teammates, _rebuild_search_texts(), unreadable + nameless)


def _rebuild_indexes() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("REINDEX")
            return
        for model in _MEMORY:
            cursor.execute(f"REINDEX TABLE {connection.ops.quote_name(model._meta.db_table)}")
    ensure_index(connection.alias)


def _of_number(state: Any) -> dict[str, Any]:  # noqa: ANN401 - annotated
    return {**read_from_answer(state, state.quo_id), **derived_of_number(state)}


def _correct(rows: QuerySet[Any], right: Callable[[Any], dict[str, Any]]) -> tuple[int, int]:
    """Correct the rows that differ from what `right` returns. Return how many did, and how many cannot be read."""
    corrected = unreadable = 0
    for chunk in _chunks(rows):
        wrong = []
        for row in chunk:
            try:
                values = differences(row, right(row))
            except (TypeError, AttributeError):  # SQLite stores bytes in any column: a text may be none
                unreadable += 1
            else:
                wrong += [(row.pk, values)] * bool(values)
        with transaction.atomic() if wrong else nullcontext():
            for pk, values in wrong:
                rows.model._default_manager.filter(pk=pk).update(**values)
        corrected += len(wrong)
    return corrected, unreadable


def _rebuild_search_texts() -> int:
    with transaction.atomic():
        corrected, _ = texts_of_gone_numbers().delete()
    for chunk in _chunks(search_texts()):
        wrong = [
            (state.phone_number_id, state.search_text, state.teammates)
            for state in chunk
            if not is_searched_right(state)
        ]
        columns = ("phone_number_id", "own", "teammates")
        with transaction.atomic() if wrong else nullcontext():
            insert(SearchText, columns, wrong, constants={}, unique="phone_number_id", updated=columns[1:])
        corrected += len(wrong)
    return corrected


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk
