"""A run: what it holds against what, and how it ends."""

from collections.abc import Generator
from pathlib import Path

import pytest

from bench import kept, options, running
from bench.lines import Line
from bench.machine import this_machine
from bench.options import Options, read
from bench.running import Scene, main, measure

MEDIANS = {1_000: 10.0, 1_000_000: 14.0}  # ms


def _at(scene: Scene, _workspace: object, _asked: Options) -> Generator[Line]:
    yield Line("pages", "first page", {"median ms": MEDIANS.get(scene.size, 1.0), "ratio ×": 3.0}, "ratio ×", 2)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is measured, and nothing is kept but by the test."""
    monkeypatch.setattr(running, "measure_scene", _at)
    monkeypatch.setattr(running, "workspace_of", lambda size: size)
    monkeypatch.setattr(options, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(options, "UNKEPT", tmp_path / "unkept")
    monkeypatch.delenv("BENCH_DATABASE_URL", raising=False)


def test_bars_bind_at_the_size_that_they_are_meant_for() -> None:
    lines = measure(read(["1000", "100000"], {}))
    assert [line.binds for line in lines if line.group == "pages"] == [False, True]


def test_the_first_page_of_the_most_is_held_against_that_of_the_fewest() -> None:
    growth = list(measure(read(["1000", "1000000"], {})))[-1]
    assert (growth.name, growth.where) == ("1,000,000 numbers against 1,000", "all sizes on SQLite")
    assert (growth.value, growth.bar, growth.is_missed) == (1.4, 1.3, True)


def test_of_one_size_nothing_grows() -> None:
    assert [line.group for line in measure(read(["1000"], {}))] == ["pages"]


def test_a_strict_run_fails_where_a_bar_is_missed() -> None:
    assert main(["100000"]) == 0
    assert main(["100000", "--strict"]) == 1
    assert main(["1000", "--strict"]) == 0


def test_a_strict_run_fails_where_something_became_worse_than_in_the_last_kept_one() -> None:
    assert main(["1000", "--keep"]) == 0
    assert main(["1000", "--strict"]) == 0
    (file,) = options.RESULTS.iterdir()
    file.write_text(file.read_text().replace(": 3 ×", ": 1 ×"))
    assert main(["1000", "--strict"]) == 1


def test_every_run_is_written_whole_and_only_on_request_kept(capsys: pytest.CaptureFixture[str]) -> None:
    main(["1000"])
    (file,) = options.UNKEPT.iterdir()
    assert capsys.readouterr().out.endswith(f"Written to {file}\n")
    assert not options.RESULTS.exists()


def test_a_run_that_is_kept_is_what_later_runs_are_compared_with(capsys: pytest.CaptureFixture[str]) -> None:
    main(["1000", "--keep"])
    (file,) = options.RESULTS.iterdir()
    assert f"Kept in {file}\n" in capsys.readouterr().out
    assert kept.last_kept(options.RESULTS, this_machine()) == {"1,000 numbers on SQLite: pages: first page": 3.0}


def test_a_run_that_is_stopped_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(scene: Scene, *rest: object) -> Generator[Line]:
        yield from _at(scene, *rest)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "measure_scene", stopped)
    assert main(["1000"]) == 130
    assert not options.UNKEPT.exists()


def test_a_database_that_does_not_answer_is_named_in_a_sentence_without_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BENCH_DATABASE_URL", "postgres://quo:db-secret@127.0.0.1:1/bench")
    assert main(["1000"]) == 2
    assert capsys.readouterr().out == "The database of BENCH_DATABASE_URL does not answer (OperationalError).\n"
