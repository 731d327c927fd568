"""Excel: text stays text, facts have colors, and a second sheet describes the list."""

import random
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pytest_django import Settings

from numbers.exports import xlsx_export
from numbers.exports.about import About
from numbers.exports.cell_limit import MAX_TEXT, fit
from numbers.exports.columns import Column
from numbers.exports.documents import BLOCK, blocks
from numbers.exports.xlsx_export import FACT_STYLES, xlsx_document
from numbers.models import Sync
from numbers.quo.errors import from_answer
from numbers.vocabulary.cells import Fact
from quo_admin import env
from tests.support.exported_files import CELL_HEADINGS, about_sheet, cell_of, cell_text_of, download, sheet, sheets
from tests.support.pages import PageClient, sync_all, sync_failure
from tests.support.quo_answers import number, user

XLSX = "/numbers.xlsx"
ONE_COLUMN = [Column[str]("Text", 20, lambda text: text)]
NOTHING = About("Numbers", (), {})


def workbook_of(*texts: str) -> bytes:
    return b"".join(xlsx_document(ONE_COLUMN, texts, len(texts), NOTHING))


def entries_of(content: bytes) -> dict[str, str]:
    """Return the second sheet's texts by label."""
    return {str(label): str(text) for label, text in sheets(content)[1].iter_rows(max_col=2, values_only=True)}


def read_back(*texts: str) -> list[str]:
    page = sheets(workbook_of(*texts))[0]
    return [cell_text_of(page.cell(row, 1)) for row in range(2, len(texts) + 2)]


def test_a_number_is_one_row(manager: PageClient) -> None:
    sync_all(number("PN1", number="+18005550123", forward="+12065550100", users=[user(firstName="Ann"), user("US2")]))

    page = sheet(manager, XLSX)

    assert [cell.value for cell in page[2] if page.cell(1, cell.column).value not in CELL_HEADINGS] == [
        *("Front desk", "(800) 555-0123", "+18005550123", "toll-free", "United States"),
        *("Ada; Ann", "ada@example.com; ada@example.com", "(206) 555-0100"),
        *("That is outside the company.", "completed", "🏡", "1234", "PN1"),
        *(" '2022-01-01T00:00:00Z'", "2022-01-02T00:00:00Z"),
    ]
    assert [cell_of(page, name).value for name in CELL_HEADINGS] == [
        *("allowed", "allowed", "restricted", "allowed", "restricted", "restricted")
    ]


def test_every_cell_is_text_even_if_it_looks_like_a_number(manager: PageClient) -> None:
    for place, text in enumerate(["=1+1", "{=1}", "+1", "0042", "1e5", "http://example.com", "internal:A!A1", "TRUE"]):
        sync_all(number("PN1", name=text, symbol=text, groupId=text, forward=text, portingStatus=f"{text}{place}"))

        page = sheet(manager, XLSX)

        assert {cell.data_type for cell in page[2] if cell.value is not None} == {"s"}, text
        assert cell_of(page, "Name").value == text
        assert cell_of(page, "Name").hyperlink is None


def test_no_cell_warns_of_a_number_stored_as_text(manager: PageClient) -> None:
    sync_all(number("PN1"))

    with zipfile.ZipFile(BytesIO(download(manager, XLSX))) as book:
        assert b'numberStoredAsText="1"' in book.read("xl/worksheets/sheet1.xml")


def test_the_heading_and_the_names_stay_in_view_and_every_column_can_be_filtered(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2"))

    page = sheet(manager, XLSX)

    assert page.freeze_panes == "B2"
    assert page.auto_filter.ref == "A1:U3"
    assert page.max_column == 21
    assert page["A1"].font.bold


def test_columns_are_as_wide_as_their_content(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = sheet(manager, XLSX)

    widths = {place: span.width for span in page.column_dimensions.values() for place in range(span.min, span.max + 1)}
    assert widths[cell_of(page, "Name").column] > 25
    for cell in page[1]:
        room_for_the_arrow = 2
        assert widths[cell.column] > len(str(cell.value)) + room_for_the_arrow, cell.value


def light_theme() -> dict[str, str]:
    css = (env.BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    root = css[css.index(":root") : css.index("}", css.index(":root"))]
    return dict(re.findall(r"--([a-z-]+): (?:light-dark\()?(#[0-9a-f]{6})", root))


def test_facts_have_the_colors_of_the_pages(manager: PageClient) -> None:
    sync_all(number("PN1", restrictions={"calling": {"US": "unrestricted", "CA": "restricted"}, "messaging": {}}))
    tokens = light_theme()

    page = sheet(manager, XLSX)
    allowed, restricted, unknown = (cell_of(page, name) for name in ("Calling US", "Calling CA", "Calling Intl"))

    assert allowed.fill.fgColor.rgb == argb(tokens["allowed-fill"])
    assert allowed.font.color.rgb == argb(tokens["allowed-ink"])
    assert restricted.fill.fgColor.rgb == argb(tokens["restricted-fill"])
    assert restricted.font.color.rgb == argb(tokens["restricted-ink"])
    assert unknown.font.color.rgb == argb(tokens["unknown-ink"])
    assert unknown.border.left.color.rgb == argb(tokens["unknown-line"])


def argb(colour: str) -> str:
    return f"FF{colour[1:].upper()}"


def test_a_fact_is_never_color_alone(manager: PageClient) -> None:
    sync_all(number("PN1", restrictions={"calling": {"US": "unrestricted", "CA": "restricted"}, "messaging": {}}))

    page = sheet(manager, XLSX)
    allowed, restricted, unknown = (cell_of(page, name) for name in ("Calling US", "Calling CA", "Calling Intl"))

    assert [allowed.value, restricted.value, unknown.value] == ["allowed", "restricted", "not reported"]
    assert unknown.fill.patternType is None
    assert unknown.border.left.style == unknown.border.bottom.style == "dashed"


def test_an_empty_list_is_a_workbook_with_headings(manager: PageClient) -> None:
    page = sheet(manager, XLSX)

    assert page.max_row == 1
    assert page["A1"].value == "Name"
    assert page.auto_filter.ref == "A1:U1"


# Text that Excel, XML or the library cannot represent


def test_text_too_long_for_a_cell_is_cut_with_an_ellipsis() -> None:
    [text] = read_back("x" * (MAX_TEXT + 1))

    assert text == "x" * (MAX_TEXT - 1) + "…"


def test_text_at_the_limit_is_not_cut() -> None:
    assert read_back("x" * MAX_TEXT) == ["x" * MAX_TEXT]
    assert "Cut off" not in entries_of(workbook_of("x" * MAX_TEXT))


@pytest.mark.parametrize(("count", "words"), [(1, "1 text, which ends in …: "), (2, "2 texts, which end in …: ")])
def test_the_second_sheet_says_how_many_texts_were_cut(count: int, words: str) -> None:
    content = workbook_of("short", *["x" * (MAX_TEXT + 1)] * count)

    assert entries_of(content)["Cut off"].startswith(words)
    assert sheets(content)[0]["A1"].value == "Text"


def test_an_emoji_counts_as_two_and_is_never_cut_in_half() -> None:
    assert fit("🏡" * 16_383) == "🏡" * 16_383
    assert fit("🏡" * 16_384) == "🏡" * 16_383 + "…"
    assert fit("a" + "🏡" * 16_384) == "a" + "🏡" * 16_382 + "…"


@pytest.mark.parametrize(
    "text",
    ["\x01\x08\x0b\x1f", "\ufffe\uffff", "a\r\nb\tc", "  spaced  ", "\nlines\n", "<b>&amp;</b>", "]]>", "\x7f\x85"],
)
def test_characters_that_xml_cannot_hold_do_not_break_the_file(text: str) -> None:
    assert read_back(text, "after it") == [text, "after it"]


MARKUP = ["<r><t>rich</t></r>", "<r></is></c><c><f>1+1</f></c><c><is></r>", "<r>&</r>"]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text(text: str) -> None:
    assert read_back(text) == [text]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text_on_the_second_sheet(text: str) -> None:
    about_sheet = sheets(b"".join(xlsx_document(ONE_COLUMN, [], 0, About("Numbers", (("Said", text),), {}))))[1]

    assert cell_text_of(about_sheet.cell(1, 2)).strip() == text


@pytest.mark.parametrize(
    "text", ["_x0041_", "_x00e9_", "_x005F_", "_x0041_x0042_", "_x0041\x01", "\x01x0041_", "__x0041_", "_x041_", "_"]
)
def test_text_that_looks_like_an_excel_escape_is_text(text: str) -> None:
    assert read_back(text) == [text]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
@example(["_x000D_\r", "=1", "\x00", "<"])
def test_any_text_round_trips(texts: list[str]) -> None:
    assert read_back(*texts) == texts


# Streaming


def incompressible(count: int) -> Iterator[str]:
    chance = random.Random(1)
    return (chance.randbytes(50).hex() for _ in range(count))


def test_the_first_rows_are_sent_before_the_last_are_read() -> None:
    waiting = incompressible(10_000)

    first = next(blocks(xlsx_document(ONE_COLUMN, waiting, 10_000, NOTHING)))

    assert BLOCK <= len(first) < 2 * BLOCK
    assert 9000 < len(list(waiting)) < 9900, "as many were read as the block has room for"


def test_memory_holds_at_most_one_block() -> None:
    document = blocks(xlsx_document(ONE_COLUMN, incompressible(10_000), 10_000, NOTHING))

    assert {len(block) // BLOCK for block in document} <= {0, 1}


def test_nothing_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))

    assert read_back("a") == ["a"]


def test_an_interrupted_workbook_does_not_open() -> None:
    def lines() -> Iterator[str]:
        yield from incompressible(5000)
        raise KeyError("half-way")

    left = bytearray()
    with pytest.raises(KeyError, match="half-way"):
        for block in blocks(xlsx_document(ONE_COLUMN, lines(), 9000, NOTHING)):
            left += block

    assert len(left) > BLOCK
    assert not zipfile.is_zipfile(BytesIO(left))


def test_an_aborted_download_stops_reading() -> None:
    ended = []

    def lines() -> Iterator[str]:
        try:
            yield from incompressible(10_000)
        finally:
            ended.append(True)

    document = blocks(xlsx_document(ONE_COLUMN, lines(), 10_000, NOTHING))
    next(document)
    document.close()  # type: ignore[attr-defined]

    assert ended


def test_every_file_in_the_archive_is_intact() -> None:
    with zipfile.ZipFile(BytesIO(workbook_of("a", "b"))) as book:
        assert book.testzip() is None


def test_the_content_types_come_first_in_the_file() -> None:
    """Programs that detect the type from the first bytes look for this name."""
    with zipfile.ZipFile(BytesIO(workbook_of("a"))) as book:
        assert book.namelist()[0] == "[Content_Types].xml"


@pytest.mark.parametrize(("count", "span"), [(0, "A1:A1"), (1, "A1:A2"), (300, "A1:A301")])
def test_the_sheet_declares_its_dimension(count: int, span: str) -> None:
    content = BytesIO(workbook_of(*["a"] * count))

    assert load_workbook(content, read_only=True).worksheets[0].calculate_dimension() == span


def test_lines_beyond_excels_last_row_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_export, "MAX_LINES", 2)

    page, about_sheet = sheets(workbook_of("a", "b", "c", "d", "e"))

    assert [cell.value for [cell] in page.iter_rows()] == ["Text", "a", "b"]
    assert page.auto_filter.ref == "A1:A3"
    assert [cell.value for cell in about_sheet[1]] == [
        *("Left out", "3 lines: a sheet has room for 2 of them. The CSV file has them all.")
    ]


def test_a_list_within_the_limit_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_export, "MAX_LINES", 2)

    page, about_sheet = sheets(workbook_of("a", "b"))

    assert page.max_row == 3
    assert about_sheet["A1"].value is None


# The second sheet


def test_the_second_sheet_describes_the_list(manager: PageClient, settings: Settings) -> None:
    settings.TIME_ZONE = "America/Vancouver"
    sync_all(number("PN1", users=[user("US1", firstName="Ann", lastName="Lee")]), number("PN2", users=[]))

    about = about_sheet(manager, f"{XLSX}?user=US1&calling_us=allowed&sort=-teammates")

    assert about["What is listed"] == "Numbers with Ann Lee where calling the United States is allowed"
    assert about["How many"] == "1"
    assert about["Sorted by"] == "teammates, descending"
    now = timezone.localtime()
    for label in ("Exported", "Last checked with Quo"):
        time = datetime.strptime(about[label], "%b %d, %Y, %I:%M %p").replace(tzinfo=now.tzinfo)
        assert abs(now - time) < timedelta(minutes=5)
    assert about["Time zone of both"] == "America/Vancouver"


def test_the_second_sheet_explains_the_facts_in_their_colors(manager: PageClient) -> None:
    page = sheets(download(manager, XLSX))[1]
    rows = {str(row[0].value): row for row in page.iter_rows() if row[0].value}

    for fact in Fact:
        assert len(str(rows[fact.label][1].value)) > 20
    assert rows["allowed"][0].fill.fgColor.rgb == argb(str(FACT_STYLES[Fact.ALLOWED]["bg_color"]))


def test_the_second_sheet_says_if_nothing_was_checked(manager: PageClient) -> None:
    sync_failure(from_answer(500, b"", resource="list"))

    assert about_sheet(manager, XLSX)["Last checked with Quo"] == "Not checked yet"


def test_the_second_sheet_marks_demo_data(manager: PageClient) -> None:
    assert "Demo data" not in about_sheet(manager, XLSX)

    sync_all(number("PN1"))
    Sync.objects.update(demo=True)

    assert about_sheet(manager, XLSX)["Demo data"] == "An invented company: this is not your own workspace."


def test_an_unknown_teammate_is_named_by_id(manager: PageClient) -> None:
    assert about_sheet(manager, f"{XLSX}?user=USx")["What is listed"] == "Numbers with USx"


def test_the_sheets_have_names(manager: PageClient) -> None:
    assert [page.title for page in sheets(download(manager, XLSX))] == ["Numbers", "About"]
    assert [page.title for page in sheets(download(manager, "/teammates.xlsx"))] == ["Teammates", "About"]
