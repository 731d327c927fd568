"""The whole bench: every line is there."""

from pathlib import Path

import pytest

from tests.support.bench_run import CELLS, EVERY_LINE, LISTED, SORTED, Lines, changed_by_syncs, names_in, whole_run


@pytest.fixture(scope="module")
def lines(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """The lines of one run."""
    return whole_run(project, tmp_path_factory.mktemp("bench"))["60 numbers on SQLite"]


def test_every_line_is_there(lines: Lines) -> None:
    assert names_in(lines) == EVERY_LINE


def test_every_line_has_a_figure_that_counts(lines: Lines) -> None:
    assert {key for key, line in lines.items() if line["value"] is None} == set()


def test_the_first_sync_changed_every_number_and_the_next_ones_none_and_a_hundredth(lines: Lines) -> None:
    assert changed_by_syncs(lines) == [60, 0, 1]


def test_the_list_stands_beside_the_plain_way(lines: Lines) -> None:
    for name in (*LISTED, *CELLS, *SORTED):
        assert lines["pages", name]["figures"]["plain ×"] > 0
