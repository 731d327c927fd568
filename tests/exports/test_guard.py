"""Text that a spreadsheet would run or convert gets apostrophes; other text is unchanged."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numbers.exports.columns import Column
from numbers.exports.csv_export import csv_for_people
from numbers.exports.guard import guard
from tests.support.exported_files import starts_a_formula, without_guards

SIGNS = "=+-@"
HIDING = ["", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u3164", "\u2800", "\x01", '"']
ODD = st.text(
    st.sampled_from([*SIGNS, *"＝＋－＠−;,'\"\t\r\n \u200b\ufeff\u00ad|!a1"])
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)
COLUMNS = [Column[tuple[str, str]]("One", 1, lambda row: row[0]), Column[tuple[str, str]]("Two", 1, lambda row: row[1])]


@pytest.mark.parametrize("hidden_by", HIDING)
@pytest.mark.parametrize("sign", [*SIGNS, "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−"])
def test_an_apostrophe_precedes_a_sign(hidden_by: str, sign: str) -> None:
    text = f"{hidden_by}{sign}cmd|' /C calc'!A0"

    assert guard(text).startswith("'")
    assert guard(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("+14155550100", "'+14155550100"),
        ("\tAnn", "'\tAnn"),
        ("\rAnn", "'\rAnn"),
        ("Ann; =1", "Ann;' =1"),
        ("Ann;Bo; -1; @x", "Ann;Bo;' -1;' @x"),
        ("Ann\n=1", "Ann\n'=1"),
        ("Ann;\t=1", "Ann;'\t'=1"),
        (";=1", "';'=1"),
        ("14155550100", "'14155550100"),
        ("0042", "'0042"),
        (" 0042", "' 0042"),
        ("1234", "'1234"),
        ("March 5", "'March 5"),
        ("TRUE", "'TRUE"),
        ("'=1", "''=1"),
        ("'Tis", "''Tis"),
        ("Ann;'Bo", "Ann;''Bo"),
    ],
)
def test_text_that_a_spreadsheet_would_run_or_change_is_escaped(text: str, safe: str) -> None:
    assert guard(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        *("", "Front desk", "ann@example.com", "a-b", "1+one=2", "(415) 555-0100", "Ann; Bo", "one\ntwo", "O'Brien"),
        *("(no name)", "Desk 2", "2022-01-01T00:00:00Z", "PN1", "שלום", "🏡"),
    ],
)
def test_harmless_text_is_unchanged(text: str) -> None:
    assert guard(text) == text


@given(st.lists(st.tuples(ODD, ODD), min_size=1, max_size=4), st.sampled_from([",", ";", "\t"]))
@example([("Ann;=1", "")], ";")
@example([('Ann;"=1"', "")], ";")
@example([("a\n=1", "")], ";")
@example([("a\t=1", "\u200b\t-1")], "\t")
def test_no_cell_starts_a_formula_with_any_delimiter(rows: list[tuple[str, str]], delimiter: str) -> None:
    content = b"".join(csv_for_people(COLUMNS, rows)).decode("utf-8-sig")

    cells = [cell for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter) for cell in row]

    assert not [cell for cell in cells if starts_a_formula(cell)]


@given(ODD | st.text())
@example("'=1")
@example("Ann;' =1")
@example("\t'\t'=1;'")
def test_the_text_can_be_told_from_the_guarded_text(text: str) -> None:
    assert without_guards(guard(text)) == text


@pytest.mark.parametrize("text", ["\t" * 300_000, ";" * 300_000, " \t;" * 100_000 + "=", "=;" * 100_000])
def test_a_long_run_of_invisible_characters_is_fast(text: str) -> None:
    """Matching from every position of the run would take minutes."""
    assert len(guard(text)) >= len(text)
