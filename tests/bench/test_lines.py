"""A line of the table: its bar, and whether it is worse than it was."""

import pytest

from bench.lines import Line, figures


def line(value: float | None, *, bar: float | None = 2, at_least: bool = False, unit: str = "×") -> Line:
    found = {} if value is None else {f"ratio {unit}": value}
    return Line("pages", "first page", found, f"ratio {unit}", bar, at_least, binds=True)


def test_figures_are_named_with_their_units_and_those_that_are_missing_left_out() -> None:
    assert figures(each_before_MB=1.0, ratio_x=2.0, kB=3.0, plain_x=None) == {
        "each before MB": 1.0,
        "ratio ×": 2.0,
        "kB": 3.0,
    }


@pytest.mark.parametrize(("value", "is_met"), [(1.9, True), (2.0, True), (2.1, False)])
def test_a_bar_is_the_most_that_a_figure_may_be(value: float, is_met: bool) -> None:
    assert line(value).is_met is is_met
    assert line(value).is_missed is not is_met


@pytest.mark.parametrize(("value", "is_met"), [(1.9, False), (2.0, True), (2.1, True)])
def test_or_the_least(value: float, is_met: bool) -> None:
    assert line(value, at_least=True).is_met is is_met


def test_without_a_bar_or_a_figure_nothing_is_met_or_missed() -> None:
    for one in (line(5, bar=None), line(None)):
        assert one.is_met is None
        assert not one.is_missed


def test_a_bar_that_is_meant_for_another_size_is_not_missed() -> None:
    assert not Line("pages", "first page", {"ratio ×": 9}, "ratio ×", 2).is_missed


@pytest.mark.parametrize(
    ("before", "value", "at_least", "is_worse"),
    [
        (2.0, 2.7, False, True),
        (2.0, 2.5, False, False),  # two runs differ by as much
        (2.0, 1.0, False, False),
        (2.0, 1.0, True, True),
        (2.0, 4.0, True, False),
    ],
)
def test_worse_is_what_grew_by_more_than_runs_differ(
    before: float, value: float, at_least: bool, is_worse: bool
) -> None:
    assert line(value, at_least=at_least).is_worse_than(before) is is_worse


def test_a_few_megabytes_are_not_worse_than_none() -> None:
    assert not line(5, unit="MB").is_worse_than(0.1)
    assert line(15, unit="MB").is_worse_than(0.1)


def test_what_was_not_measured_is_not_worse() -> None:
    assert not line(None).is_worse_than(1)
