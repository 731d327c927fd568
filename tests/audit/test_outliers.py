"""Which numbers of a group are outliers, and the words about them, without a database."""

import pytest

from numbers.audit.groups import AuditedNumber, Grouping
from numbers.audit.outliers import Outliers
from tests.support import audit_groups
from tests.support.audit_groups import audit
from tests.support.audited_numbers import marked_number, several


def found(*numbers: AuditedNumber) -> list[tuple[Outliers, list[AuditedNumber]]]:
    return audit_groups.found(audit(Grouping.GROUP, numbers), numbers)


def claims(*numbers: AuditedNumber) -> list[tuple[str, ...]]:
    return [outliers.claims for outliers, _ in found(*numbers)]


def names(*numbers: AuditedNumber) -> list[list[str]]:
    return [[number.name for number in listed] for _, listed in found(*numbers)]


def test_a_number_that_differs_from_most_of_its_group_is_an_outlier() -> None:
    ((outliers, listed),) = found(*several(11, "++-++-"), marked_number("Denver", "++--+-"))

    assert [number.name for number in listed] == ["Denver"]
    assert [(cell.cell.key, cell.fact, cell.majority, cell.count) for cell in outliers.cells] == [
        ("messaging.US", "restricted", "allowed", 11)
    ]
    assert outliers.claims == ("messaging, United States is restricted, but allowed on 11",)


def test_there_is_no_outlier_if_all_are_alike() -> None:
    assert found(*several(12)) == []


def test_there_is_no_outlier_without_a_majority() -> None:
    assert found(*several(2, "++-++-"), *several(2, "++--+-")) == []


def test_neither_of_two_numbers_is_an_outlier() -> None:
    assert found(marked_number("a", "++-++-"), marked_number("b", "------")) == []


def test_one_of_three_numbers_can_be_an_outlier() -> None:
    assert names(marked_number("a"), marked_number("b"), marked_number("c", "+++++-")) == [["c"]]


def test_numbers_are_compared_only_within_their_group() -> None:
    assert found(*several(3, "++-++-", group="GR1"), *several(3, "++--+-", group="GR2")) == []


def test_only_cells_with_a_majority_make_an_outlier() -> None:
    numbers = [*several(2, "++-++-"), *several(1, "++--+-"), marked_number("outlier", "+---+-")]

    ((outliers, _),) = found(*numbers)

    assert [cell.cell.key for cell in outliers.cells] == ["calling.CA"]


def test_not_reported_makes_an_outlier_if_most_are_reported() -> None:
    assert claims(*several(3), marked_number("outlier", "++-?+-")) == [
        ("messaging, United States is not reported, but allowed on 3",)
    ]


def test_a_reported_fact_makes_an_outlier_if_most_are_not_reported() -> None:
    assert claims(*several(3, "++-0+-"), marked_number("outlier", "++-++-")) == [
        ("messaging, United States is allowed, but not reported on 3",)
    ]


def test_different_undocumented_values_are_the_same_fact() -> None:
    assert found(*several(2, "++-?+-"), *several(2, "++-0+-")) == []


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("++---+", ("messaging (United States and Canada) is restricted, but allowed on 4",
                    "messaging, international is allowed, but restricted on 4")),
        ("---++-", ("calling (United States and Canada) is restricted, but allowed on 4",)),
        ("+--+--", ("calling and messaging (Canada) are restricted, but allowed on 4",)),
        ("?0?++-", ("calling (United States and Canada) is not reported, but allowed on 4",
                    "calling, international is not reported, but restricted on 4")),
    ],
)  # fmt: skip
def test_a_claim_names_every_cell_in_which_a_number_differs(marks: str, expected: tuple[str, ...]) -> None:
    assert claims(*several(4), marked_number("outlier", marks)) == [expected]


def test_a_whole_channel_is_called_everywhere() -> None:
    assert claims(*several(4, "++++++"), marked_number("outlier", "-----+")) == [
        ("calling everywhere and messaging (United States and Canada) are restricted, but allowed on 4",)
    ]


def test_majorities_of_different_sizes_are_named_both_or_as_a_range() -> None:
    outlier, without_us, without_ca = marked_number("outlier", "+----+"), several(2, "++--+-"), several(1, "++-+--")
    claim = "calling (Canada) and messaging (United States and Canada) are restricted, but allowed on"

    two = next(outliers for outliers, listed in found(*several(5), *without_us, outlier) if outlier in listed)
    three = next(
        outliers for outliers, listed in found(*several(5), *without_us, *without_ca, outlier) if outlier in listed
    )

    assert (two.claims[0], three.claims[0]) == (f"{claim} 5 or 7", f"{claim} 6 to 8")


@pytest.mark.parametrize(
    ("group", "marks", "expected"),
    [
        ("++-++-", "++--+-", ("cannot text the United States, most can",)),
        ("++-++-", "++----", ("cannot text the United States or Canada, most can",)),
        ("++-++-", "+++++-", ("can call other countries, most cannot",)),
        ("++-++-", "++++++", ("can call and text other countries, most cannot",)),
        ("++-++-", "++-?+-", ("are not reported as able to text the United States, most can",)),
        ("++-0+-", "++--+-", ("cannot text the United States, most are not reported",)),
        ("++++++", "------", ("cannot call or text anywhere, most can",)),
        ("------", "+++---", ("can call everywhere, most cannot",)),
        ("++-++-", "+++-+-", ("can call other countries, most cannot", "cannot text the United States, most can")),
    ],
)
def test_outliers_with_the_same_difference_are_one_entry(group: str, marks: str, expected: tuple[str, ...]) -> None:
    assert claims(*several(4, group), *several(3, marks)) == [expected]


def test_cells_without_a_majority_do_not_split_an_entry() -> None:
    numbers = [*several(4, "++-++-"), *several(4, "++-+--"), marked_number("a", "++--+-"), marked_number("b", "++----")]

    assert names(*numbers) == [["a", "b"]]
    assert claims(*numbers) == [("cannot text the United States, most can",)]


def test_one_of_six_comes_before_one_of_three() -> None:
    numbers = [*several(2, group="GR1"), marked_number("a", "++--+-", group="GR1")]
    numbers += [*several(5, group="GR2"), marked_number("b", "++--+-", group="GR2")]

    assert names(*numbers) == [["b"], ["a"]]


def test_the_larger_group_comes_first_among_equal_shares() -> None:
    numbers = [*several(3, group="GR1"), marked_number("a", "++--+-", group="GR1")]
    numbers += [*several(6, group="GR2"), *(marked_number(name, "++--+-", group="GR2") for name in "bc")]

    assert names(*numbers) == [["b", "c"], ["a"]]


def test_a_filter_narrows_the_list_but_not_the_comparison() -> None:
    outlier = [marked_number(name, "++--+-") for name in "abc"]
    numbers = [*several(4), *outlier]

    filtered = audit(Grouping.GROUP, numbers, matching={number.key for number in outlier})

    ((outliers, listed),) = audit_groups.found(filtered, numbers)
    assert [number.name for number in listed] == ["a", "b", "c"]
    (tally,) = (tally for tally in outliers.group.matching.tallies if tally.cell.key == "messaging.US")
    assert (tally.allowed, tally.restricted) == (0, 3)
    assert [(cell.cell.key, cell.count, outliers.group.whole.size) for cell in outliers.cells] == [
        ("messaging.US", 4, 7)
    ]


def test_the_rarest_differences_come_first_then_the_names() -> None:
    numbers = [
        *several(12),
        marked_number("z", "+++++-"),
        marked_number("b2", "++--+-"),
        marked_number("b1", "++--+-"),
        marked_number("m", "------"),
    ]

    assert names(*numbers) == [["m"], ["z"], ["b1", "b2"]]


def test_outliers_are_in_the_order_of_their_names() -> None:
    numbers = [*several(9), *(marked_number(name, "++--+-") for name in "cab")]

    assert names(*numbers) == [["a", "b", "c"]]
