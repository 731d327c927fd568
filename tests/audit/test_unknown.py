"""The audit concludes nothing from cells that are not reported and from people whom Quo does not identify."""

import pytest

from tests.support.audit_page import ANN, AUDIT, audit_number, audit_numbers, headings, summary
from tests.support.pages import PageClient, attribute, find_one, parse_page, sync_all, total_of
from tests.support.quo_answers import user

STRANGER = {**user(), "id": 42}


def test_with_unreported_cells_nothing_odd_is_only_known(manager: PageClient) -> None:
    sync_all(*audit_numbers(2, "+++++?"), *audit_numbers(2, "++++++", name="Open"))

    assert summary(parse_page(manager.get(AUDIT))) == (
        "Nothing odd is known: as far as Quo reports, no number differs from what most of its group has. "
        "Unknown for 2 numbers: Quo does not report every cell of them."
    )


def test_with_unreported_cells_numbers_differ_as_far_as_quo_reports(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Odd", "?-----"))

    assert summary(parse_page(manager.get(AUDIT))).startswith(
        "1 of 4 numbers differs, as far as Quo reports, from what most of their group has."
    )


def test_with_unidentified_people_nothing_odd_is_only_known_by_teammate(manager: PageClient) -> None:
    sync_all(*audit_numbers(3), audit_number("Other", users=[ANN, STRANGER]))

    assert summary(parse_page(manager.get(f"{AUDIT}?by=teammate"))) == (
        "Nothing odd is known: as far as Quo reports, no number differs from what most of a teammate’s numbers have. "
        "Quo does not identify everybody on 1 number."
    )
    assert summary(parse_page(manager.get(AUDIT))).startswith("Nothing is odd")


@pytest.mark.parametrize("unclear", [{"name": "no id"}, audit_number("Odd", "------", groupId=None)])
def test_with_numbers_in_no_known_group_nothing_odd_is_only_known(
    manager: PageClient, unclear: dict[str, object]
) -> None:
    sync_all(*audit_numbers(3), unclear)

    assert summary(parse_page(manager.get(AUDIT))).startswith("Nothing odd is known")


def test_numbers_on_which_quo_identifies_nobody_are_not_in_the_group_of_nobody(manager: PageClient) -> None:
    sync_all(
        audit_number("None", users=[]),
        audit_number("Unknown", users=None),
        audit_number("Stranger", users=[STRANGER]),
        audit_number("Both", users=[ANN, STRANGER]),
    )

    page = parse_page(manager.get(f"{AUDIT}?by=teammate"))

    assert headings(page) == ["Ann Lee ann@example.com, 1 number", "Nobody 1 number", "Not identified 2 numbers"]
    link = attribute(find_one(page, "#group-2"), "href")
    assert total_of(parse_page(manager.get(link))) == 2
