"""What a run writes to the terminal."""

from dataclasses import replace

import pytest

from bench.lines import Line
from bench.table import Table

FIRST = Line("pages", "first page", {"median ms": 12.34, "ratio ×": 1.5}, "ratio ×", 2, where="here", binds=True)
LAST = Line("pages", "last page", {"median ms": 1234.5, "ratio ×": 3.5}, "ratio ×", 3, where="here", binds=True)


def written(capsys: pytest.CaptureFixture[str], *lines: Line, before: dict[str, float] | None = None) -> list[str]:
    table = Table(before or {})
    for line in lines:
        table.write(line)
    table.end()
    return [" ".join(text.split()) for text in capsys.readouterr().out.splitlines() if text]


def test_a_group_has_one_heading_with_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, FIRST, LAST)[:4] == [
        "HERE",
        "pages median ms ratio ×",
        "first page 12.3 1.50 ≤ 2 × met",
        "last page 1,234 3.50 ≤ 3 × NOT MET",
    ]


def test_a_bar_that_is_meant_elsewhere_only_tells(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, replace(LAST, binds=False))
    assert lines[2].endswith("≤ 3 × not met")
    assert lines[-1] == "0 of 0 bars are met; 0 of the figures became worse."


def test_a_figure_that_is_missing_leaves_its_column_empty(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, FIRST, replace(LAST, figures={"ratio ×": 3.5}))
    assert lines[3] == "last page – 3.50 ≤ 3 × NOT MET"


def test_other_figures_get_a_heading_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, FIRST, replace(LAST, figures={"p95 ms": 4.0, "ratio ×": 3.5}))
    assert lines[3:5] == ["pages p95 ms ratio ×", "last page 4.00 3.50 ≤ 3 × NOT MET"]


def test_a_count_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, replace(FIRST, figures={"queries": 9, "ratio ×": 1.5}))
    assert lines[2] == "first page 9 1.50 ≤ 2 × met"


def test_what_could_not_be_measured_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, replace(FIRST, figures={}, note="not measured: no Chromium"))
    assert lines[2] == "first page not measured: no Chromium; ≤ 2 × not measured"


def test_a_line_is_held_against_the_last_kept_run(capsys: pytest.CaptureFixture[str]) -> None:
    before = {FIRST.key: 1.4, LAST.key: 1.2, "here: pages: overview": 2.0, "elsewhere: pages: overview": 2.0}
    lines = written(capsys, FIRST, LAST, before=before)
    assert lines[2].endswith("met; was 1.40")
    assert lines[3].endswith("NOT MET; was 1.20, WORSE")
    assert lines[4:] == [
        f"NOT MET: {LAST.key}",
        f"WORSE: {LAST.key}",
        "not measured any more: here: pages: overview",
        "1 of 2 bars are met; 1 of the figures became worse.",
    ]


def test_a_run_is_well_where_no_bar_is_missed_and_nothing_became_worse() -> None:
    for line, before, is_well in ((FIRST, {}, True), (LAST, {}, False), (FIRST, {FIRST.key: 0.1}, False)):
        table = Table(before)
        table.write(line)
        assert table.end() is is_well
