"""Grouping and counting numbers, without a database."""

import pytest

from numbers.audit.groups import AuditedNumber, Grouping, Key, audited_number
from numbers.audit.patterns import Tally, tallies_of
from numbers.vocabulary.cells import CELLS, Fact
from tests.support.audit_groups import On, audit, members
from tests.support.audited_numbers import marked_number, several

TEAMMATES = ["US1", "US2"]


def names(by: Grouping, numbers: list[AuditedNumber], on: On | None = None) -> dict[Key, list[str]]:
    groups = members(audit(by, numbers, on, TEAMMATES), numbers)
    return {key: [number.name for number in listed] for key, listed in groups.items()}


def test_a_number_has_the_facts_of_its_raw_values_in_order() -> None:
    described = (7, "PN7", "Desk", "desk", "+12065550100", "GR1", "local")
    raws = ("unrestricted", "restricted", "Restricted", None, "", "unrestricted")

    found = audited_number((*described, *raws))

    facts = (Fact.ALLOWED, Fact.RESTRICTED, Fact.UNKNOWN, Fact.UNKNOWN, Fact.UNKNOWN, Fact.ALLOWED)
    assert found == AuditedNumber(*described, raws=raws, facts=facts)


def test_the_tallies_count_each_fact_of_each_cell() -> None:
    tallies = tallies_of(
        audit(
            Grouping.GROUP, [marked_number("a", "++-++-"), marked_number("b", "+-?-0+"), marked_number("c", "+--0-+")]
        ).numbers
    )

    counts = [(tally.allowed, tally.restricted, tally.unknown) for tally in tallies]
    assert counts == [(3, 0, 0), (1, 2, 0), (0, 2, 1), (1, 1, 1), (1, 1, 1), (2, 1, 0)]
    assert [tally.cell for tally in tallies] == list(CELLS)


@pytest.mark.parametrize(
    ("allowed", "restricted", "unknown", "majority"),
    [
        (0, 0, 0, None),
        (1, 0, 0, None),
        (2, 0, 0, None),
        (3, 0, 0, Fact.ALLOWED),
        (2, 1, 0, Fact.ALLOWED),
        (1, 1, 1, None),
        (2, 2, 0, None),
        (3, 2, 1, None),
        (1, 3, 1, Fact.RESTRICTED),
        (1, 1, 3, Fact.UNKNOWN),
        (50, 51, 0, Fact.RESTRICTED),
        (50, 50, 0, None),
    ],
)
def test_a_majority_is_more_than_half_of_at_least_three(
    allowed: int, restricted: int, unknown: int, majority: Fact | None
) -> None:
    assert Tally(CELLS[0], allowed, restricted, unknown).majority is majority


def test_a_tally_names_only_the_facts_that_occur() -> None:
    assert Tally(CELLS[0], 9, 0, 3).parts == ((Fact.ALLOWED, 9), (Fact.UNKNOWN, 3))


def test_quos_groups_are_sorted_by_id_with_no_group_last() -> None:
    numbers = [
        marked_number("a", group="GR10"),
        marked_number("b", group=" "),
        marked_number("c", group="gr9"),
        marked_number("d"),
        marked_number("e", group=""),
    ]

    assert list(names(Grouping.GROUP, numbers).items()) == [
        ("GR1", ["d"]),
        ("gr9", ["c"]),
        ("GR10", ["a"]),
        ("", ["b", "e"]),
    ]


def test_group_ids_are_case_sensitive() -> None:
    assert names(Grouping.GROUP, [marked_number("a", group="gr1"), marked_number("b", group="GR1")]) == {
        "GR1": ["b"],
        "gr1": ["a"],
    }


def test_numbers_keep_their_order_within_a_group() -> None:
    numbers = [marked_number("c"), marked_number("a"), marked_number("b")]

    assert names(Grouping.GROUP, numbers) == {"GR1": ["c", "a", "b"]}


def test_toll_free_numbers_come_before_local_ones() -> None:
    numbers = [*several(2), *several(1, kind="toll-free")]

    assert [(group.key, group.matching.size) for group in audit(Grouping.KIND, numbers).groups] == [
        ("toll-free", 1),
        ("local", 2),
    ]


def test_a_number_is_listed_under_each_of_its_teammates_with_nobody_last() -> None:
    both, ann, nobodys = marked_number("both", key=1), marked_number("ann", key=2), marked_number("nobody", key=3)

    numbers, on = [both, nobodys, ann], {1: ["US2", "US1"], 2: ["US1"]}

    assert list(names(Grouping.TEAMMATE, numbers, on).items()) == [
        ("US1", ["both", "ann"]),
        ("US2", ["both"]),
        ("", ["nobody"]),
    ]


def test_a_teammate_without_matching_numbers_has_no_group() -> None:
    assert names(Grouping.TEAMMATE, [marked_number("a", key=1)], {1: ["US2"], 2: ["US1"]}) == {"US2": ["a"]}


def test_the_positions_of_groups_count_from_zero() -> None:
    groups = audit(Grouping.GROUP, [marked_number("a", group="GR1"), marked_number("b", group="GR2")]).groups

    assert [group.position for group in groups] == [0, 1]


@pytest.mark.parametrize("by", list(Grouping))
def test_no_numbers_make_no_groups(by: Grouping) -> None:
    assert audit(by, [], {}, TEAMMATES).groups == []
