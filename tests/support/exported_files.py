"""Reads exported files, as spreadsheets and scripts do."""

import csv
import io
import json
import re
import unicodedata
from typing import Any

from django.test import Client
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

Table = list[dict[str, str]]

CELL_HEADINGS = ("Calling US", "Calling CA", "Calling Intl", "Messaging US", "Messaging CA", "Messaging Intl")


def download(client: Client, path: str) -> bytes:
    """Return the whole file, after checking the status."""
    response: Any = client.get(path)
    assert response.status_code == 200, path
    content: bytes = response.getvalue()
    return content


def parse_csv(content: bytes, encoding: str = "utf-8-sig") -> Table:
    """Return the rows of a CSV file by heading."""
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), strict=True))


def csv_rows(client: Client, path: str) -> Table:
    return parse_csv(download(client, path))


def raw_csv_rows(client: Client, path: str) -> Table:
    return parse_csv(download(client, path), "utf-8")


def json_records(client: Client, path: str) -> list[dict[str, Any]]:
    answer = json.loads(download(client, path))
    assert answer.keys() - {"unreadRecords"} == {"data"}
    data: list[dict[str, Any]] = answer["data"]
    return data


def sheets(content: bytes) -> list[Worksheet]:
    """Return the sheets of a workbook in order."""
    return list(load_workbook(io.BytesIO(content)).worksheets)


def sheet(client: Client, path: str) -> Worksheet:
    """Return the sheet with the list."""
    return sheets(download(client, path))[0]


def cell_of(page: Worksheet, heading: str, row: int = 2) -> Cell:
    """Return the cell below a heading; row 2 is the first row of the list."""
    [found] = [cell for cell in page[1] if cell.value == heading]
    return page.cell(row, found.column)


def cell_text_of(cell: Cell) -> str:
    """Return the text as a reader sees it, with Excel's escapes for characters that XML cannot contain undone."""
    return unescape(str(cell.value)) if cell.value is not None else ""


def about_sheet(client: Client, path: str) -> dict[str, str]:
    """Return the second sheet's texts by label."""
    rows = sheets(download(client, path))[1].iter_rows(values_only=True)
    return {str(label): str(text) for label, text in rows if label}


def without_guards(text: str) -> str:
    """Return what `guard` was given: remove one apostrophe wherever a cell may begin."""
    return re.sub(r"(^|[;\t\r\n])'", r"\1", text)


def starts_a_formula(cell: str) -> bool:
    """Return whether a lenient spreadsheet would see a formula, despite invisible characters and variants of signs."""
    seen = "".join(c for c in cell if not c.isspace() and unicodedata.category(c) not in {"Cc", "Cf"})
    seen = seen.lstrip('"\u3164\u2800\uffa0\u115f\u1160\u034f\u17b4\u17b5')
    return unicodedata.normalize("NFKC", seen)[:1] in set("=+-@\u2212")
