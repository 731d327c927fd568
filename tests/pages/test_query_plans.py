"""What a list asks is found by an index and in its order: the numbers are neither all read nor sorted."""

from typing import Any

import pytest

from numbers.filters import NumberFilters
from tests.memory.sites import only_sqlite

pytestmark = [pytest.mark.django_db, only_sqlite]


def plan_of(rows: Any) -> str:
    return str(rows.values_list("pk", flat=True).explain())


def test_the_whole_list_is_read_in_its_order() -> None:
    plan = plan_of(NumberFilters().states())

    assert "USING INDEX open_number_states_by_name" in plan
    assert "TEMP B-TREE" not in plan


def test_a_teammates_numbers_are_found_from_the_teammate() -> None:
    plan = plan_of(NumberFilters(user="US1").states())

    assert "SCAN numbers_" not in plan
    assert "(phone_number_id=?)" in plan
