"""The fault table itself: a few of its rows hold, and a row that does not hold fails the run."""

from collections import Counter

import pytest

from tests.chaos import running
from tests.chaos.cases import all_cases
from tests.chaos.checks import Wrong
from tests.chaos.door import answer, says
from tests.chaos.office import Office
from tests.chaos.running import chosen, run
from tests.chaos.table import End, write
from tests.chaos.trial import Case, Fault, Row

A_FEW = [
    "statuses: 401 that repeats the API key",
    "statuses: 302 to elsewhere",
    "network: refused",
    "network: reset in the body",
    "network: gzip that is none",
    "answers as a whole: half a list",
    "answers as a whole: HTML",
    "each field of a record: name: null",
    "killed in a sync: just before the commit",
    "the disk and the database: locked for a moment",
    "several at once: two syncs",
]


def _answers_well(office: Office) -> None:
    office.door.script = None


def _answers_with_a_lie(office: Office) -> None:
    office.door.script = says(answer(b'{"data": []}'))


WRONG = {
    "says what it does not say": Fault(_answers_with_a_lie, ["All is well."]).case("wrong", "one"),
    "changed the memory": Fault(_answers_well, ["The last try failed"]).case("wrong", "two"),
}


def test_a_few_cases_hold() -> None:
    cases = chosen(A_FEW)
    assert {f"{case.group}: {case.name}" for case in cases} >= set(A_FEW[:7])
    ends = list(run(cases, lanes=2))
    assert [end.complaint for end in ends if end.complaint] == []
    assert [end.row.before for end in ends if not end.skipped] == [ends[0].row.before] * len(ends)


def test_what_does_not_hold_is_found_out() -> None:
    ends = list(run(list(WRONG.values()), lanes=1))
    assert [end.complaint.partition(":")[0] for end in ends] == [Wrong.__name__] * len(WRONG)


def test_every_case_has_a_name_of_its_own() -> None:
    counted = Counter((case.group, case.name) for case in all_cases())
    assert [case for case, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(("complaint", "code"), [("", 0), ("Wrong: the page says nothing", 1)])
def test_one_failed_row_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], complaint: str, code: int
) -> None:
    ends = [End(Row("Checked", "1 a", "1 a", "2 b"), 1.0), End(Row(), 2.0, complaint)]
    monkeypatch.setattr(running, "run", lambda _cases, _lanes: iter(ends))
    monkeypatch.setattr(running, "chosen", lambda _only: [_case("one"), _case("two")])
    assert running.main([]) == code
    printed = capsys.readouterr().out
    assert ("FAILED group: two" in printed, complaint in printed) == (bool(code), True)
    assert max(map(len, printed.splitlines())) <= 140


def test_what_cannot_be_tried_here_is_said_and_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert write([_case("one")], iter([End(Row(), 0.0, skipped="needs root")]), 0.0) == 0
    assert "skip" in capsys.readouterr().out


def _case(name: str) -> Case:
    return Case("group", name, lambda _place, _row: None)
