"""What a run prints."""

from dataclasses import replace

import pytest

from bench.table import Line, Table, Target, Targets

TARGETS: Targets = {"pages": {"ratio ×": Target(2)}, "load": {"ratio ×": Target(0.5, is_minimum=True)}}
FIRST = Line("pages", "list", {"warm ms": 12.34, "ratio ×": 1.5})
LAST = Line("pages", "last page", {"warm ms": 1234.5, "ratio ×": 3.5})


def written(capsys: pytest.CaptureFixture[str], *lines: Line, targets: Targets = TARGETS) -> list[str]:
    table = Table()
    table.start("60 numbers", targets)
    for line in lines:
        table.write(line)
    table.end()
    return [" ".join(text.split()) for text in capsys.readouterr().out.splitlines() if text]


def test_a_group_has_one_heading_with_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, FIRST, LAST)[:4] == [
        "60 NUMBERS",
        "pages warm ms ratio ×",
        "list 12.3 1.50 ratio × ≤ 2 met",
        "last page 1,234 3.50 ratio × ≤ 2 MISSED",
    ]


def test_missed_targets_are_listed_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, FIRST, LAST)[4:] == [
        "MISSED: 60 numbers: pages: last page: ratio × is 3.50, target ≤ 2",
        "1 of 2 targets are met, 0 were not measured.",
    ]


def test_a_target_can_be_a_minimum(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, replace(FIRST, group="load"), Line("load", "slow", {"warm ms": 1.0, "ratio ×": 0.4}))
    assert lines[2:4] == ["list 12.3 1.50 ratio × ≥ 0.5 met", "slow 1.00 0.400 ratio × ≥ 0.5 MISSED"]


def test_a_line_may_have_its_own_targets(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, FIRST, targets=TARGETS | {"list": {"warm ms": Target(10)}})
    assert lines[2] == "list 12.3 1.50 warm ms ≤ 10 MISSED"


def test_a_size_without_targets_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, LAST, targets={})
    assert lines[0] == "60 NUMBERS (no targets)"
    assert lines[2:] == ["last page 1,234 3.50", "0 of 0 targets are met, 0 were not measured."]


def test_a_missing_figure_leaves_its_column_empty(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, FIRST, replace(LAST, figures={"ratio ×": 1.5}))
    assert lines[3] == "last page – 1.50 ratio × ≤ 2 met"


def test_different_figures_get_a_new_heading(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, FIRST, replace(LAST, figures={"p95 ms": 4.0, "ratio ×": 1.5}))
    assert lines[3:5] == ["pages p95 ms ratio ×", "last page 4.00 1.50 ratio × ≤ 2 met"]


def test_a_count_has_no_decimals(capsys: pytest.CaptureFixture[str]) -> None:
    assert written(capsys, replace(FIRST, figures={"changed": 9000}), targets={})[2] == "list 9,000"


def test_a_line_without_figures_has_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(capsys, replace(FIRST, figures={}, note="there is no Chromium"))
    assert lines[2:] == [
        "list ratio × ≤ 2 not measured; there is no Chromium",
        "0 of 1 targets are met, 1 were not measured.",
    ]
