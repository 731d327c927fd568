"""The records of the sandbox's workspace, and helpers that compare pages with them."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from numbers.sandbox.workspace import Record, build
from tests.support.sites import NUMBERS

RECORDS = build(NUMBERS).numbers
MARCUS = "USoVPRYf69wG"  # Marcus Sorensen, who has several numbers

# Returns telephone numbers that are broken into lines.
BROKEN_NUMBERS = """() => [...document.querySelectorAll("main table .number [title]")]
  .filter((number) => number.getClientRects().length > 1).map((number) => number.textContent)"""


def number(name: str) -> Record:
    """Return the number with this name."""
    return next(record for record in RECORDS if record["name"] == name)


def numbers_that(fit: Callable[[Record], bool]) -> set[str]:
    """Return the IDs of matching numbers."""
    return {record["id"] for record in RECORDS if fit(record)}


def named(part: str) -> Callable[[Record], bool]:
    return lambda record: part in record["name"].casefold()


def has(user_id: str) -> Callable[[Record], bool]:
    return lambda record: any(user["id"] == user_id for user in record["users"])


def detail_path(name: str) -> str:
    return f"/numbers/{number(name)['id']}/"


def row(page: Page, name: str) -> Locator:
    return page.locator(f'#results [data-number="{number(name)["id"]}"]')


def expect_total(page: Page, total: int) -> None:
    """Wait until the list shows this total."""
    expect(page.locator("#results")).to_have_attribute("data-total", str(total))


def shown(page: Page) -> set[str]:
    """Return the IDs of the numbers in the list, without waiting."""
    rows = page.locator("#results [data-number]")
    return {str(name) for name in rows.evaluate_all("rows => rows.map(row => row.dataset.number)")}


def expect_numbers(page: Page, ids: set[str]) -> None:
    """Wait until the list has as many numbers as `ids`, then compare them; all must be on one page."""
    assert ids, "an empty list would prove nothing"
    expect_total(page, len(ids))
    assert shown(page) == ids


OF_MARCUS = numbers_that(has(MARCUS))
