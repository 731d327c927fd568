"""Opens files in LibreOffice, if it is installed, and reads what it makes of them."""

import csv
import os
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="there is no LibreOffice here")

# Separator, quote, UTF-8, first line, no formats of columns, language. Then: quoted fields may be numbers, detect dates
# and other special values, three options for saving, all sheets, evaluate formulas. So it converts all that it can.
_READ_EVERYTHING = "CSV:44,34,76,1,,{language},false,true,false,false,false,0,true"
# Text is saved in quotes, and everything else without them.
_SAVE_TEXT_IN_QUOTES = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false"


def opened_csv(content: bytes, folder: Path, *, language: int) -> str:
    """Return the cells of a CSV file, as in `cells_of_text`. `language` is Microsoft's number of it."""
    return _saved(content, folder / "list.csv", "--infilter=" + _READ_EVERYTHING.format(language=language))


def opened_xlsx(content: bytes, folder: Path) -> str:
    """Return the cells of a workbook's first sheet, as in `cells_of_text`."""
    return _saved(content, folder / "list.xlsx")


def cells_of_text(rows: list[list[str]]) -> str:
    """Return CSV with every cell in quotes. LibreOffice saves it if all cells are text."""
    saved = StringIO()
    csv.writer(saved, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return saved.getvalue()


def _saved(content: bytes, file: Path, *options: str) -> str:
    assert SOFFICE
    file.write_bytes(content)
    home, saved = file.parent, file.parent / "saved"
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--norestore", *options, "--convert-to", _SAVE_TEXT_IN_QUOTES]
    environment = {**os.environ, "HOME": str(home)}
    subprocess.run(
        [*command, "--outdir", str(saved), str(file)], check=True, capture_output=True, timeout=120, env=environment
    )
    return (saved / "list.csv").read_bytes().decode()
