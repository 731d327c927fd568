"""What a list asks is found by an index and in its order: the numbers are neither all read nor sorted."""

from typing import Any

import pytest

from numbers.facts import COLUMNS
from numbers.filters import NumberFilters
from tests.memory.sites import only_sqlite

pytestmark = [pytest.mark.django_db, only_sqlite]


def plan_of(rows: Any) -> str:
    return str(rows.values_list("pk", flat=True).explain())


@pytest.mark.parametrize("cell", [column.field for column in COLUMNS])
@pytest.mark.parametrize("fact", ["allowed", "restricted"])
def test_a_list_filtered_by_one_cell_is_found_in_its_order(cell: str, fact: str) -> None:
    states = NumberFilters(**{cell: fact}).states()  # type: ignore[arg-type]

    plan = plan_of(states)

    assert f"USING INDEX open_states_{cell} ({cell}=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_the_whole_list_is_read_in_its_order() -> None:
    plan = plan_of(NumberFilters().states())

    assert "USING INDEX open_number_states_by_name" in plan
    assert "TEMP B-TREE" not in plan


def test_a_teammates_numbers_are_found_from_the_teammate() -> None:
    plan = plan_of(NumberFilters(user="US1").states())

    assert "SCAN numbers_" not in plan
    assert "(phone_number_id=?)" in plan
