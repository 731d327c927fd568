"""What may be asked of a run."""

import pytest

from bench.options import UNKEPT, read


def test_without_a_word_all_sizes_but_the_largest_are_measured_and_nothing_is_kept() -> None:
    asked = read([], {})
    assert asked.sizes == (1_000, 10_000, 100_000)
    assert (asked.requests, asked.database_url, asked.with_browser, asked.strict) == (5_000, "", True, False)
    assert (asked.into, asked.keeps) == (UNKEPT, False)


def test_the_largest_size_is_asked_for_by_a_variable() -> None:
    assert read([], {"BENCH_LARGE": "1"}).sizes == (1_000, 10_000, 100_000, 1_000_000)


def test_sizes_that_are_named_are_the_only_ones() -> None:
    assert read(["1000", "10,000"], {"BENCH_LARGE": "1"}).sizes == (1_000, 10_000)


def test_a_run_is_kept_on_request() -> None:
    asked = read(["--keep"], {})
    assert (asked.into, asked.keeps) == (UNKEPT, True)


def test_the_variables_name_a_database_and_how_often_to_ask() -> None:
    asked = read([], {"BENCH_DATABASE_URL": "postgres://here/bench", "BENCH_REQUESTS": "200"})
    assert (asked.database_url, asked.requests) == ("postgres://here/bench", 200)


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (["none"], {}),
        (["0"], {}),
        (["--rounds", "0"], {}),
        ([], {"BENCH_REQUESTS": "many"}),
        ([], {"BENCH_LARGE": "perhaps"}),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: list[str], variables: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        read(arguments, variables)
    assert refused.value.code == 2
    assert "error: " in capsys.readouterr().err
