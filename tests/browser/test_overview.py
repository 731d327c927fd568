"""The overview: its counts link to lists with exactly that many numbers."""

from playwright.sync_api import Page, expect

from tests.support.browser_pages import RECORDS, expect_total


def test_every_count_links_to_a_list_of_that_many(page: Page) -> None:
    page.goto("/")
    counted = {
        str(item.locator("a").first.get_attribute("href")): int(str(item.get_attribute("data-count")))
        for item in page.locator("[data-bar] [data-count], [data-look][data-count]").all()
    }
    assert len(counted) >= 6 * 2 + 2
    for address, count in counted.items():
        page.goto(address)
        expect_total(page, count)


def test_the_bars_count_allowed_numbers(page: Page) -> None:
    page.goto("/")
    for channel in ("calling", "messaging"):
        for region in ("US", "CA", "Intl"):
            allowed = [record for record in RECORDS if record["restrictions"][channel][region] == "unrestricted"]
            bar = page.locator(f'[data-bar="{channel}.{region}"] [data-fact="allowed"]')
            expect(bar).to_have_attribute("data-count", str(len(allowed)))


def test_it_counts_numbers_and_teammates_and_links_to_both(page: Page) -> None:
    page.goto("/")
    expect(page.locator("#all-numbers")).to_have_attribute("data-numbers", "60")
    teammates = {user["id"] for record in RECORDS for user in record["users"]}
    expect(page.locator("#all-teammates")).to_have_attribute("data-teammates", str(len(teammates)))
    page.locator("#all-teammates").click()
    expect_total(page, len(teammates))
