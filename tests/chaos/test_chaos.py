"""Tests of the fault table itself: some cases pass, and a failed case fails the run."""

from collections import Counter

import pytest

from tests.chaos import running
from tests.chaos.case import Case, Fault, Row
from tests.chaos.cases import all_cases
from tests.chaos.checks import CheckFailed
from tests.chaos.fake_quo import answer, sends
from tests.chaos.office import Office
from tests.chaos.running import chosen, run
from tests.chaos.table import End, write

A_FEW = [
    "statuses: 401 that repeats the API key",
    "statuses: 302 to elsewhere",
    "network: refused",
    "network: reset in the body",
    "network: not gzip",
    "answers as a whole: half a list",
    "answers as a whole: HTML",
    "each field of a record: name: null",
    "killed in a sync: just before the commit",
    "the disk and the database: locked for a moment",
    "several at once: two syncs",
]


def _answer_correctly(office: Office) -> None:
    office.fake_quo.script = None


def _answer_with_an_empty_list(office: Office) -> None:
    office.fake_quo.script = sends(answer(b'{"data": []}'))


FAILING = {
    "an expected sentence is missing": Fault(_answer_with_an_empty_list, ["All is well."]).case("wrong", "one"),
    "the memory changed": Fault(_answer_correctly, ["The last try failed"]).case("wrong", "two"),
}


def test_some_cases_pass() -> None:
    cases = chosen(A_FEW)
    assert {f"{case.group}: {case.name}" for case in cases} >= set(A_FEW[:7])
    ends = list(run(cases, lanes=2))
    assert [end.complaint for end in ends if end.complaint] == []
    assert [end.row.before for end in ends if not end.skipped] == [ends[0].row.before] * len(ends)


def test_a_failing_case_is_reported() -> None:
    ends = list(run(list(FAILING.values()), lanes=1))
    assert [end.complaint.partition(":")[0] for end in ends] == [CheckFailed.__name__] * len(FAILING)


def test_every_case_has_a_unique_name() -> None:
    counted = Counter((case.group, case.name) for case in all_cases())
    assert [case for case, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(("complaint", "code"), [("", 0), ("Wrong: the page says nothing", 1)])
def test_one_failed_case_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], complaint: str, code: int
) -> None:
    ends = [End(Row("Checked", "1 a", "1 a", "2 b"), 1.0), End(Row(), 2.0, complaint)]
    monkeypatch.setattr(running, "run", lambda _cases, _lanes: iter(ends))
    monkeypatch.setattr(running, "chosen", lambda _only: [_case("one"), _case("two")])
    assert running.main([]) == code
    printed = capsys.readouterr().out
    assert ("FAILED group: two" in printed, complaint in printed) == (bool(code), True)
    assert max(map(len, printed.splitlines())) <= 140


def test_a_skipped_case_is_shown_and_does_not_fail_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert write([_case("one")], iter([End(Row(), 0.0, skipped="needs root")]), 0.0) == 0
    assert "skip" in capsys.readouterr().out


def _case(name: str) -> Case:
    return Case("group", name, lambda _place, _row: None)
