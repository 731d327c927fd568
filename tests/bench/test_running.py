"""A run from its arguments to its exit code."""

from collections.abc import Iterator

import pytest

from bench import __main__ as running
from bench.__main__ import main
from bench.table import Line


def _measure(size: int, rounds: int, *, has_browser: bool) -> Iterator[Line]:
    yield Line("pages", "list", {"ratio ×": 2.5, "changed ms": float(rounds)})


@pytest.fixture(autouse=True)
def _stub_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "measure", _measure)


def test_without_arguments_three_sizes_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if " NUMBERS" in line] == [
        "1,000 NUMBERS (no targets)",
        "10,000 NUMBERS",
        "100,000 NUMBERS",
    ]


def test_each_size_has_its_own_targets(capsys: pytest.CaptureFixture[str]) -> None:
    main(["1000", "10000", "100000"])
    printed = capsys.readouterr().out
    assert "MISSED: 10,000 numbers: pages: list: ratio × is 2.50, target ≤ 2\n" in printed
    assert printed.endswith("3 of 4 targets are met, 0 were not measured.\n")


def test_a_stopped_run_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(size: int, rounds: int, *, has_browser: bool) -> Iterator[Line]:
        yield from _measure(size, rounds, has_browser=has_browser)
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "measure", stopped)
    assert main(["1000"]) == 130
    assert capsys.readouterr().out.endswith("\nStopped.\n")


@pytest.mark.parametrize("arguments", [["none"], ["--rounds", "many"], ["--no-such-option"]])
def test_invalid_arguments_are_rejected(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2
    assert "error: " in capsys.readouterr().err
