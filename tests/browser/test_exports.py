"""Exports: a file contains exactly what the page lists."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_pages import RECORDS, expect_total, named, numbers_that
from tests.support.browsing import Browsing
from tests.support.sites import Site


def download(page: Page, label: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Export as {label}").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def names_in(path: Path) -> list[str]:
    """Return the names in the file, in order."""
    if path.suffix == ".json":
        return [record["name"] for record in json.loads(path.read_bytes())["data"]]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [line["Name"] for line in csv.DictReader(file)]
    rows = list(openpyxl.load_workbook(path).worksheets[0].values)
    column = rows[0].index("Name")
    return [str(row[column]) for row in rows[1:]]


@pytest.mark.parametrize("label", ["CSV", "Excel", "JSON"])
def test_a_file_contains_all_pages_of_the_list(page: Page, tmp_path: Path, label: str) -> None:
    page.goto("/numbers/")
    assert sorted(names_in(download(page, label, tmp_path))) == sorted(record["name"] for record in RECORDS)


@pytest.mark.parametrize("label", ["CSV", "Excel", "JSON"])
def test_a_file_has_the_current_filter_and_order_of_the_page(page: Page, tmp_path: Path, label: str) -> None:
    page.goto("/numbers/")
    page.get_by_label("Search", exact=True).fill("leasing")
    expect_total(page, len(numbers_that(named("leasing"))))
    page.locator("#sort-number").click()
    expect(page).to_have_url("/numbers/?q=leasing&sort=number")
    on_page = page.locator("#results .name").all_inner_texts()
    found = names_in(download(page, label, tmp_path))
    assert [name[:40] for name in found] == [name.strip()[:40] for name in on_page]
    assert len(found) == len(numbers_that(named("leasing")))


@pytest.mark.parametrize("label", ["CSV", "Excel", "JSON"])
def test_teammates_can_be_exported(page: Page, tmp_path: Path, label: str) -> None:
    page.goto("/teammates/?q=alasdair")
    path = download(page, label, tmp_path)
    assert path.name.startswith("demo-teammates-")
    assert "Alasdair" in (path.read_text() if path.suffix != ".xlsx" else " ".join(names_in(path)))


def test_exports_work_without_javascript(browsing: Browsing, demo: Site, tmp_path: Path) -> None:
    page = browsing.page(demo, javascript=False)
    page.goto("/numbers/?q=leasing")
    assert len(names_in(download(page, "CSV", tmp_path))) == len(numbers_that(named("leasing")))
