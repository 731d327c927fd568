"""Counts and outliers, for any numbers, against counting them one after the other as a person would.

Whatever is filtered by: a filter may leave any of the numbers, and what most of a group have is still of all of it.
"""

from collections import Counter, defaultdict
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from numbers.audit.causes import causes_of
from numbers.audit.groups import Audit, AuditedNumber, Grouping, Key
from numbers.audit.outliers import outlier_cells
from numbers.vocabulary.causes import advice_for
from numbers.vocabulary.cells import CELLS, Fact, Reading
from tests.support.audit_groups import audit, found, members
from tests.support.audited_numbers import marked_number

MARKS = st.lists(st.sampled_from("++++--?0"), min_size=6, max_size=6).map("".join)
PEOPLE = [f"US{place}" for place in range(3)]


Workspace = tuple[list[AuditedNumber], dict[int, list[str]], "set[int] | None"]


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """Numbers, who is on each, and which are left by a filter, where there is one."""
    described = st.tuples(MARKS, st.sampled_from(["GR1", "GR2", ""]), st.sampled_from(["local", "toll-free"]))
    numbers = [
        marked_number(f"Line {place:02}", marks, key=place + 1, group=group, kind=kind)
        for place, (marks, group, kind) in enumerate(draw(st.lists(described, max_size=25)))
    ]
    teammates = st.lists(st.sampled_from(PEOPLE), unique=True)
    shown = draw(st.none() | st.sets(st.integers(1, 25)))
    return numbers, {one.key: draw(teammates) for one in numbers}, shown


def memberships(by: str, numbers: list[AuditedNumber], on: dict[int, list[str]]) -> dict[Key, list[AuditedNumber]]:
    members: dict[Key, list[AuditedNumber]] = defaultdict(list)
    for one in numbers:
        for key in {"group": [one.group_id], "kind": [one.kind], "teammate": on[one.key] or [""]}[by]:
            members[key].append(one)
    return dict(members)


def audited(by: str, workspace: Workspace) -> Audit:
    numbers, on, shown = workspace
    return audit(Grouping(by), numbers, on, PEOPLE, shown)


def left(numbers: list[AuditedNumber], shown: set[int] | None) -> list[AuditedNumber]:
    return [one for one in numbers if shown is None or one.key in shown]


Expected = dict[tuple[Key, int], dict[str, tuple[Fact, int, int]]]


def naive_outliers(members: dict[Key, list[AuditedNumber]], shown: set[int] | None) -> Expected:
    """By group and shown number: the cells in which it differs, its fact, how many have the usual one, of how many."""
    expected: Expected = {}
    for key, numbers in members.items():
        for place, cell in enumerate(CELLS):
            (most, count), *_ = Counter(one.facts[place] for one in numbers).most_common()
            if len(numbers) < 3 or count <= len(numbers) / 2:
                continue
            for one in left(numbers, shown):
                if one.facts[place] != most:
                    said = (one.facts[place], count, len(numbers))
                    expected.setdefault((key, one.key), {})[cell.key] = said
    return expected


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_every_number_is_in_each_of_its_groups_and_every_fact_is_counted(workspace: Workspace, by: str) -> None:
    numbers, on, shown = workspace
    whole = memberships(by, numbers, on)
    expected = {key: some for key, members in whole.items() if (some := left(members, shown))}

    of = audited(by, workspace)

    assert members(of, numbers) == expected
    assert {group.key: group.whole.size for group in of.groups} == {key: len(whole[key]) for key in expected}
    assert {group.key: group.shown.size for group in of.groups} == {key: len(expected[key]) for key in expected}
    for group in of.groups:
        for place, tally in enumerate(group.shown.tallies):
            assert dict(tally.parts) == Counter(one.facts[place] for one in expected[group.key])


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_the_outliers_are_the_numbers_that_differ_each_once_with_all_their_cells(workspace: Workspace, by: str) -> None:
    numbers, on, shown = workspace
    expected = naive_outliers(memberships(by, numbers, on), shown)

    of = audited(by, workspace)
    everything = found(of, numbers)

    said = [
        (
            (outliers.group.key, one.key),
            {cell.cell.key: (cell.fact, cell.count, outliers.group.whole.size) for cell in outliers.cells},
        )
        for outliers, some in everything
        for one in some
    ]
    assert len(said) == len(expected)
    assert dict(said) == expected
    assert set(of.outliers) == {key for _, key in expected}
    ways = [(outliers.group.key, outliers.difference.facts) for outliers, _ in everything]
    assert len(set(ways)) == len(ways), "two entries of one group say the same"


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_what_fewer_of_the_whole_group_share_comes_first_and_what_is_rare_among_more(
    workspace: Workspace, by: str
) -> None:
    numbers, on, _ = workspace
    whole = memberships(by, numbers, on)
    everything = naive_outliers(whole, None)

    def rarity(key: Key, first: AuditedNumber) -> tuple[Fraction, int, str]:
        alike = [one for one in whole[key] if everything.get((key, one.key)) == everything[key, first.key]]
        return Fraction(len(alike), len(whole[key])), -len(whole[key]), first.name

    order = [rarity(outliers.group.key, some[0]) for outliers, some in found(audited(by, workspace), numbers)]

    assert order == sorted(order)


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_a_row_is_marked_just_where_it_is_an_outlier(workspace: Workspace, by: str) -> None:
    numbers, on, shown = workspace
    expected = naive_outliers(memberships(by, numbers, on), shown)

    of = audited(by, workspace)
    groups = members(of, numbers)
    for group in of.groups:
        for one in groups[group.key]:
            outlying = outlier_cells(group.whole, group.whole.differing(one.facts))
            marked = {cell.cell.key: (cell.fact, cell.count, group.whole.size) for cell in outlying}
            assert marked == expected.get((group.key, one.key), {})


@settings(deadline=None)  # however busy the machine is
@given(workspaces())
def test_every_restriction_has_its_possible_causes_counted_once_a_number(
    workspace: Workspace,
) -> None:
    numbers, *_ = workspace
    expected: Counter[object] = Counter()
    for one in numbers:
        readings = [Reading(cell, fact, None) for cell, fact in zip(CELLS, one.facts, strict=True)]
        expected.update({advice for reading in readings for advice in advice_for(reading, one.number)})

    assert {cause.advice: cause.count for cause in causes_of(audit(Grouping.KIND, numbers).numbers).found} == expected


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_outliers_have_the_possible_causes_of_the_restrictions_by_which_they_differ(
    workspace: Workspace, by: str
) -> None:
    numbers, *_ = workspace
    of = audited(by, workspace)
    causes = causes_of(of.numbers)

    for outliers, some in found(of, numbers):
        readings = [Reading(outlying.cell, outlying.fact, None) for outlying in outliers.cells]
        expected = {advice for one in some for reading in readings for advice in advice_for(reading, one.number)}
        assert {cause.advice for cause in causes.of(outliers, some)} == expected
