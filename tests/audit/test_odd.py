"""Which numbers are odd in a group, and how a sentence says so, without a memory."""

import pytest

from numbers.audit.groups import Grouping, Line
from numbers.audit.odd import Finding
from tests.support import audit_groups
from tests.support.audit_groups import audit
from tests.support.audit_lines import line, several


def found(*lines: Line) -> list[tuple[Finding, list[Line]]]:
    return audit_groups.found(audit(Grouping.GROUP, lines), lines)


def claims(*lines: Line) -> list[tuple[str, ...]]:
    return [finding.claims for finding, _ in found(*lines)]


def names(*lines: Line) -> list[list[str]]:
    return [[one.name for one in some] for _, some in found(*lines)]


def test_a_number_that_differs_from_most_of_its_group_is_odd() -> None:
    ((finding, odd),) = found(*several(11, "++-++-"), line("Denver", "++--+-"))

    assert [one.name for one in odd] == ["Denver"]
    assert [(one.cell.key, one.fact, one.most, one.count) for one in finding.cells] == [
        ("messaging.US", "restricted", "allowed", 11)
    ]
    assert finding.claims == ("messaging, United States is restricted, but allowed on 11",)


def test_nothing_is_odd_where_all_are_alike() -> None:
    assert found(*several(12)) == []


def test_nothing_is_odd_where_no_fact_has_more_than_half() -> None:
    assert found(*several(2, "++-++-"), *several(2, "++--+-")) == []


def test_of_two_numbers_that_differ_neither_is_odd() -> None:
    assert found(line("a", "++-++-"), line("b", "------")) == []


def test_of_three_numbers_the_one_that_differs_is_odd() -> None:
    assert names(line("a"), line("b"), line("c", "+++++-")) == [["c"]]


def test_numbers_are_compared_within_their_group_only() -> None:
    assert found(*several(3, "++-++-", group="GR1"), *several(3, "++--+-", group="GR2")) == []


def test_only_the_cells_in_which_most_agree_can_be_odd() -> None:
    lines = [*several(2, "++-++-"), *several(1, "++--+-"), line("odd", "+-- +-".replace(" ", "-"))]

    ((finding, _),) = found(*lines)

    assert [one.cell.key for one in finding.cells] == ["calling.CA"]


def test_not_reported_is_odd_where_most_are_reported() -> None:
    assert claims(*several(3), line("odd", "++-?+-")) == [
        ("messaging, United States is not reported, but allowed on 3",)
    ]


def test_what_is_reported_is_odd_where_most_is_not() -> None:
    assert claims(*several(3, "++-0+-"), line("odd", "++-++-")) == [
        ("messaging, United States is allowed, but not reported on 3",)
    ]


def test_different_values_that_are_not_reported_are_the_same_fact() -> None:
    assert found(*several(2, "++-?+-"), *several(2, "++-0+-")) == []


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ("++---+", ("messaging (United States and Canada) is restricted, but allowed on 4",
                    "messaging, international is allowed, but restricted on 4")),
        ("---++-", ("calling (United States and Canada) is restricted, but allowed on 4",)),
        ("+--+--", ("calling and messaging (Canada) are restricted, but allowed on 4",)),
        ("?0?++-", ("calling (United States and Canada) is not reported, but allowed on 4",
                    "calling, international is not reported, but restricted on 4")),
    ],
)  # fmt: skip
def test_one_sentence_names_every_cell_in_which_a_number_differs(marks: str, said: tuple[str, ...]) -> None:
    assert claims(*several(4), line("odd", marks)) == [said]


def test_a_whole_channel_is_everywhere() -> None:
    assert claims(*several(4, "++++++"), line("odd", "-----+")) == [
        ("calling everywhere and messaging (United States and Canada) are restricted, but allowed on 4",)
    ]


def test_where_cells_have_majorities_of_different_sizes_both_are_said_or_the_ends_of_more() -> None:
    odd, without_us, without_ca = line("odd", "+----+"), several(2, "++--+-"), several(1, "++-+--")
    said = "calling (Canada) and messaging (United States and Canada) are restricted, but allowed on"

    two = next(finding for finding, some in found(*several(5), *without_us, odd) if odd in some)
    three = next(finding for finding, some in found(*several(5), *without_us, *without_ca, odd) if odd in some)

    assert (two.claims[0], three.claims[0]) == (f"{said} 5 or 7", f"{said} 6 to 8")


@pytest.mark.parametrize(
    ("group", "marks", "said"),
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
def test_several_that_are_odd_in_the_same_way_are_one_finding(group: str, marks: str, said: tuple[str, ...]) -> None:
    assert claims(*several(4, group), *several(3, marks)) == [said]


def test_cells_in_which_most_do_not_agree_tell_no_odd_ones_apart() -> None:
    lines = [*several(4, "++-++-"), *several(4, "++-+--"), line("a", "++--+-"), line("b", "++----")]

    assert names(*lines) == [["a", "b"]]
    assert claims(*lines) == [("cannot text the United States, most can",)]


def test_what_differs_from_five_of_six_comes_before_what_differs_from_two_of_three() -> None:
    lines = [*several(2, group="GR1"), line("a", "++--+-", group="GR1")]
    lines += [*several(5, group="GR2"), line("b", "++--+-", group="GR2")]

    assert names(*lines) == [["b"], ["a"]]


def test_of_equal_shares_that_of_the_larger_group_comes_first() -> None:
    lines = [*several(3, group="GR1"), line("a", "++--+-", group="GR1")]
    lines += [*several(6, group="GR2"), *(line(name, "++--+-", group="GR2") for name in "bc")]

    assert names(*lines) == [["b", "c"], ["a"]]


def test_a_filter_narrows_what_is_listed_and_not_what_it_is_compared_with() -> None:
    odd = [line(name, "++--+-") for name in "abc"]
    lines = [*several(4), *odd]

    filtered = audit(Grouping.GROUP, lines, shown={one.key for one in odd})

    ((finding, listed),) = audit_groups.found(filtered, lines)
    assert [one.name for one in listed] == ["a", "b", "c"]
    (tally,) = (tally for tally in finding.group.shown.tallies if tally.cell.key == "messaging.US")
    assert (tally.allowed, tally.restricted) == (0, 3)
    assert [(one.cell.key, one.count, finding.group.whole.size) for one in finding.cells] == [("messaging.US", 4, 7)]


def test_the_rarest_differences_come_first_then_the_names() -> None:
    lines = [*several(12), line("z", "+++++-"), line("b2", "++--+-"), line("b1", "++--+-"), line("m", "------")]

    assert names(*lines) == [["m"], ["z"], ["b1", "b2"]]


def test_the_numbers_of_a_finding_are_in_the_order_of_their_names() -> None:
    lines = [*several(9), *(line(name, "++--+-") for name in "cab")]

    assert names(*lines) == [["a", "b", "c"]]
