"""Counts and odd ones, for any numbers, against counting them one after the other as a person would.

Whatever is filtered by: a filter may leave any of the numbers, and what most of a group have is still of all of it.
"""

from collections import Counter, defaultdict
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from numbers.audit.causes import causes_of
from numbers.audit.groups import Audit, Grouping, Key, Line
from numbers.audit.odd import odd_cells
from numbers.vocabulary.causes import advice_for
from numbers.vocabulary.cells import CELLS, Fact, Reading
from tests.support.audit_groups import audit, found, members
from tests.support.audit_lines import line

MARKS = st.lists(st.sampled_from("++++--?0"), min_size=6, max_size=6).map("".join)
PEOPLE = [f"US{place}" for place in range(3)]


Workspace = tuple[list[Line], dict[int, list[str]], "set[int] | None"]


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    """Numbers, who is on each, and which are left by a filter, where there is one."""
    described = st.tuples(MARKS, st.sampled_from(["GR1", "GR2", ""]), st.sampled_from(["local", "toll-free"]))
    lines = [
        line(f"Line {place:02}", marks, key=place + 1, group=group, kind=kind)
        for place, (marks, group, kind) in enumerate(draw(st.lists(described, max_size=25)))
    ]
    teammates = st.lists(st.sampled_from(PEOPLE), unique=True)
    shown = draw(st.none() | st.sets(st.integers(1, 25)))
    return lines, {one.key: draw(teammates) for one in lines}, shown


def memberships(by: str, lines: list[Line], on: dict[int, list[str]]) -> dict[Key, list[Line]]:
    members: dict[Key, list[Line]] = defaultdict(list)
    for one in lines:
        for key in {"group": [one.group_id], "kind": [one.kind], "teammate": on[one.key] or [""]}[by]:
            members[key].append(one)
    return dict(members)


def audited(by: str, workspace: Workspace) -> Audit:
    lines, on, shown = workspace
    return audit(Grouping(by), lines, on, PEOPLE, shown)


def left(lines: list[Line], shown: set[int] | None) -> list[Line]:
    return [one for one in lines if shown is None or one.key in shown]


Oddities = dict[tuple[Key, int], dict[str, tuple[Fact, int, int]]]


def naive_oddities(members: dict[Key, list[Line]], shown: set[int] | None) -> Oddities:
    """By group and shown number: the cells that are odd, what they have, how many have the usual, and of how many."""
    oddities: Oddities = {}
    for key, lines in members.items():
        for place, cell in enumerate(CELLS):
            (most, count), *_ = Counter(one.facts[place] for one in lines).most_common()
            if len(lines) < 3 or count <= len(lines) / 2:
                continue
            for one in left(lines, shown):
                if one.facts[place] != most:
                    said = (one.facts[place], count, len(lines))
                    oddities.setdefault((key, one.key), {})[cell.key] = said
    return oddities


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_every_number_is_in_each_of_its_groups_and_every_fact_is_counted(workspace: Workspace, by: str) -> None:
    lines, on, shown = workspace
    whole = memberships(by, lines, on)
    expected = {key: some for key, members in whole.items() if (some := left(members, shown))}

    of = audited(by, workspace)

    assert members(of, lines) == expected
    assert {group.key: group.whole.size for group in of.groups} == {key: len(whole[key]) for key in expected}
    assert {group.key: group.shown.size for group in of.groups} == {key: len(expected[key]) for key in expected}
    for group in of.groups:
        for place, tally in enumerate(group.shown.tallies):
            assert dict(tally.parts) == Counter(one.facts[place] for one in expected[group.key])


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_the_findings_are_the_odd_numbers_each_once_with_all_their_odd_cells(workspace: Workspace, by: str) -> None:
    lines, on, shown = workspace
    expected = naive_oddities(memberships(by, lines, on), shown)

    of = audited(by, workspace)
    findings = found(of, lines)

    said = [
        (
            (finding.group.key, one.key),
            {one.cell.key: (one.fact, one.count, finding.group.whole.size) for one in finding.cells},
        )
        for finding, odd in findings
        for one in odd
    ]
    assert len(said) == len(expected)
    assert dict(said) == expected
    assert set(of.odd) == {key for _, key in expected}
    ways = [(finding.group.key, finding.difference.oddity) for finding, _ in findings]
    assert len(set(ways)) == len(ways), "two findings of one group say the same"


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_what_fewer_of_the_whole_group_share_comes_first_and_what_is_rare_among_more(
    workspace: Workspace, by: str
) -> None:
    lines, on, _ = workspace
    whole = memberships(by, lines, on)
    everything = naive_oddities(whole, None)

    def rarity(key: Key, first: Line) -> tuple[Fraction, int, str]:
        alike = [one for one in whole[key] if everything.get((key, one.key)) == everything[key, first.key]]
        return Fraction(len(alike), len(whole[key])), -len(whole[key]), first.name

    order = [rarity(finding.group.key, odd[0]) for finding, odd in found(audited(by, workspace), lines)]

    assert order == sorted(order)


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_a_row_is_marked_just_where_a_finding_says_so(workspace: Workspace, by: str) -> None:
    lines, on, shown = workspace
    expected = naive_oddities(memberships(by, lines, on), shown)

    of = audited(by, workspace)
    groups = members(of, lines)
    for group in of.groups:
        for one in groups[group.key]:
            odd = odd_cells(group.whole, group.whole.oddity_of(one.facts))
            marked = {one.cell.key: (one.fact, one.count, group.whole.size) for one in odd}
            assert marked == expected.get((group.key, one.key), {})


@settings(deadline=None)  # however busy the machine is
@given(workspaces())
def test_every_restriction_has_its_possible_causes_counted_once_a_number(
    workspace: Workspace,
) -> None:
    lines, *_ = workspace
    expected: Counter[object] = Counter()
    for one in lines:
        readings = [Reading(cell, fact, None) for cell, fact in zip(CELLS, one.facts, strict=True)]
        expected.update({advice for reading in readings for advice in advice_for(reading, one.number)})

    assert {cause.advice: cause.count for cause in causes_of(audit(Grouping.KIND, lines).numbers).found} == expected


@settings(deadline=None)  # however busy the machine is
@given(workspaces(), st.sampled_from(["group", "kind", "teammate"]))
def test_a_finding_has_the_possible_causes_of_its_own_odd_restrictions(workspace: Workspace, by: str) -> None:
    lines, *_ = workspace
    of = audited(by, workspace)
    causes = causes_of(of.numbers)

    for finding, odd in found(of, lines):
        readings = [Reading(odd.cell, odd.fact, None) for odd in finding.cells]
        expected = {advice for one in odd for reading in readings for advice in advice_for(reading, one.number)}
        assert {cause.advice for cause in causes.of(finding, odd)} == expected
