"""Property tests: counts and outliers equal those of a naive model, which counts number by number.

The filter may match any of the numbers. The majority is always that of the whole group.
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
TEAMMATES = [f"US{index}" for index in range(3)]


Workspace = tuple[list[AuditedNumber], dict[int, list[str]], "set[int] | None"]


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """Draw numbers, the teammates on each, and the keys that a filter matches (None without a filter)."""
    described = st.tuples(MARKS, st.sampled_from(["GR1", "GR2", ""]), st.sampled_from(["local", "toll-free"]))
    numbers = [
        marked_number(f"Line {index:02}", marks, key=index + 1, group=group, kind=kind)
        for index, (marks, group, kind) in enumerate(draw(st.lists(described, max_size=25)))
    ]
    teammates = st.lists(st.sampled_from(TEAMMATES), unique=True)
    matching = draw(st.none() | st.sets(st.integers(1, 25)))
    return numbers, {number.key: draw(teammates) for number in numbers}, matching


def memberships(by: str, numbers: list[AuditedNumber], on: dict[int, list[str]]) -> dict[Key, list[AuditedNumber]]:
    members: dict[Key, list[AuditedNumber]] = defaultdict(list)
    for number in numbers:
        for key in {"group": [number.group_id], "kind": [number.kind], "teammate": on[number.key] or [""]}[by]:
            members[key].append(number)
    return dict(members)


def audited(by: str, workspace: Workspace) -> Audit:
    numbers, on, matching = workspace
    return audit(Grouping(by), numbers, on, TEAMMATES, matching)


def narrowed(numbers: list[AuditedNumber], matching: set[int] | None) -> list[AuditedNumber]:
    return [number for number in numbers if matching is None or number.key in matching]


Expected = dict[tuple[Key, int], dict[str, tuple[Fact, int, int]]]


def naive_outliers(members: dict[Key, list[AuditedNumber]], matching: set[int] | None) -> Expected:
    """Return the differing cells of each matching number in each group: fact, majority size, group size."""
    expected: Expected = {}
    for key, numbers in members.items():
        for index, cell in enumerate(CELLS):
            (majority, count), *_ = Counter(number.facts[index] for number in numbers).most_common()
            if len(numbers) < 3 or count <= len(numbers) / 2:
                continue
            for number in narrowed(numbers, matching):
                if number.facts[index] != majority:
                    expected.setdefault((key, number.key), {})[cell.key] = (number.facts[index], count, len(numbers))
    return expected


@settings(deadline=None)  # the machine may be busy
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_every_number_is_in_each_of_its_groups_and_every_fact_is_counted(workspace: Workspace, by: str) -> None:
    numbers, on, matching = workspace
    whole = memberships(by, numbers, on)
    expected = {key: found for key, members in whole.items() if (found := narrowed(members, matching))}

    result = audited(by, workspace)

    assert members(result, numbers) == expected
    assert {group.key: group.whole.size for group in result.groups} == {key: len(whole[key]) for key in expected}
    assert {group.key: group.matching.size for group in result.groups} == {key: len(expected[key]) for key in expected}
    for group in result.groups:
        for index, tally in enumerate(group.matching.tallies):
            assert dict(tally.parts) == Counter(number.facts[index] for number in expected[group.key])


@settings(deadline=None)  # the machine may be busy
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_each_number_that_differs_is_listed_once_with_all_its_cells(workspace: Workspace, by: str) -> None:
    numbers, on, matching = workspace
    expected = naive_outliers(memberships(by, numbers, on), matching)

    result = audited(by, workspace)
    everything = found(result, numbers)

    actual = [
        (
            (outliers.group.key, number.key),
            {cell.cell.key: (cell.fact, cell.count, outliers.group.whole.size) for cell in outliers.cells},
        )
        for outliers, listed in everything
        for number in listed
    ]
    assert len(actual) == len(expected)
    assert dict(actual) == expected
    assert set(result.outliers) == {key for _, key in expected}
    ways = [(outliers.group.key, outliers.difference.facts) for outliers, _ in everything]
    assert len(set(ways)) == len(ways), "two entries of one group say the same"


@settings(deadline=None)  # the machine may be busy
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_the_smallest_share_comes_first_then_the_largest_group(workspace: Workspace, by: str) -> None:
    numbers, on, _ = workspace
    whole = memberships(by, numbers, on)
    everything = naive_outliers(whole, None)

    def rarity(key: Key, first: AuditedNumber) -> tuple[Fraction, int, str]:
        alike = [number for number in whole[key] if everything.get((key, number.key)) == everything[key, first.key]]
        return Fraction(len(alike), len(whole[key])), -len(whole[key]), first.name

    order = [rarity(outliers.group.key, listed[0]) for outliers, listed in found(audited(by, workspace), numbers)]

    assert order == sorted(order)


@settings(deadline=None)  # the machine may be busy
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_exactly_the_outlying_cells_of_a_row_are_marked(workspace: Workspace, by: str) -> None:
    numbers, on, matching = workspace
    expected = naive_outliers(memberships(by, numbers, on), matching)

    result = audited(by, workspace)
    groups = members(result, numbers)
    for group in result.groups:
        for number in groups[group.key]:
            outlying = outlier_cells(group.whole, group.whole.differing_facts(number.facts))
            marked = {cell.cell.key: (cell.fact, cell.count, group.whole.size) for cell in outlying}
            assert marked == expected.get((group.key, number.key), {})


@settings(deadline=None)  # the machine may be busy
@given(workspaces())
def test_each_possible_cause_counts_each_number_once(
    workspace: Workspace,
) -> None:
    numbers, *_ = workspace
    expected: Counter[object] = Counter()
    for number in numbers:
        readings = [Reading(cell, fact, None) for cell, fact in zip(CELLS, number.facts, strict=True)]
        expected.update({advice for reading in readings for advice in advice_for(reading, number.number)})

    assert {cause.advice: cause.count for cause in causes_of(audit(Grouping.KIND, numbers).numbers).found} == expected


@settings(deadline=None)  # the machine may be busy
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_outliers_have_the_possible_causes_of_the_restrictions_by_which_they_differ(
    workspace: Workspace, by: str
) -> None:
    numbers, *_ = workspace
    result = audited(by, workspace)
    causes = causes_of(result.numbers)

    for outliers, listed in found(result, numbers):
        readings = [Reading(outlying.cell, outlying.fact, None) for outlying in outliers.cells]
        expected = {
            advice for number in listed for reading in readings for advice in advice_for(reading, number.number)
        }
        assert {cause.advice for cause in causes.of_outliers(outliers, listed)} == expected
