"""LibreOffice opens the files: every text of the workbook is exact, and none of the CSV file is run or converted."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from numbers.exports.about import About
from numbers.exports.columns import Column, RawColumn
from numbers.exports.csv_export import csv_for_machines, csv_for_people
from numbers.exports.guard import guard
from numbers.exports.xlsx_export import xlsx_document
from tests.support.convertible import CONVERTIBLE
from tests.support.hostile import HOSTILE
from tests.support.libreoffice import cells_of_text, needs_libreoffice, opened_csv, opened_xlsx

pytestmark = needs_libreoffice


def _stored(text: str) -> str:
    """Return `text` as it is stored: databases cannot hold NUL."""
    return text.replace("\x00", "\ufffd")


PLAIN = ["Front Desk", "O'Brien", "(no name)", "(415) 555-0100", "2022-01-01T00:00:00Z", "PN1", "Desk 2", "5 rooms"]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "＝1", " =1", "\t=1", "{=1}", '=HYPERLINK("http://x.test")', "'=1", "−5"]
ESCAPES = ["_x0041_", "_x000D_", "_x005F_x000D_", "a\x01b\x1f", " spaced  ", "\nlines\n", "a\r\nb\rc", "tab\there"]
TEXTS = [
    *("'", "''", "'12", "'Tis", "ID", "sep=;", "http://example.com", "ann@example.com", 'a "b"; c, d', "<b>&amp;</b>"),
    *(*CONVERTIBLE, *PLAIN, *FORMULAS, *ESCAPES, *(_stored(text) for text in HOSTILE.values() if text)),
]
LANGUAGES = {"American": 1033, "German": 1031, "Austrian": 3079, "French": 1036, "Croatian": 1050, "Lithuanian": 1063}


def cells_of(texts: Iterable[str]) -> str:
    """Return what LibreOffice saves. It makes every line end the same."""
    return cells_of_text([["Text", "End"], *([_unify_line_ends(text), "end"] for text in texts)])


def _unify_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


COLUMNS = [Column[str]("Text", 20, lambda text: text), Column[str]("End", 20, lambda _: "end")]


def test_every_text_of_the_workbook_is_exact(tmp_path: Path) -> None:
    content = b"".join(xlsx_document(COLUMNS, TEXTS, len(TEXTS), About("Numbers", (), {})))

    cells = opened_xlsx(content, tmp_path)

    assert cells == cells_of(TEXTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_csv_file_is_run_or_converted(language: str, tmp_path: Path) -> None:
    content = b"".join(csv_for_people(COLUMNS, TEXTS))

    cells = opened_csv(content, tmp_path, language=LANGUAGES[language])

    assert cells == cells_of(map(guard, TEXTS))


def test_raw_texts_are_run_and_converted(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    texts = ["=1+1", "March 5", "TRUE", "12e4"]
    content = b"".join(csv_for_machines([RawColumn[str]("text", lambda line: line)], texts))

    heading, *cells = opened_csv(content, tmp_path, language=1033).splitlines()

    assert heading == '"text"'
    assert len(cells) == len(texts)
    assert not [cell for cell in cells if cell.startswith('"')]
