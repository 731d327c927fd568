"""The zone of the times on a page that stays open while the browser moves to another zone."""

from playwright.sync_api import expect

from tests.support.browsing import Browsing
from tests.support.sites import Office


def test_what_is_swapped_in_has_the_zone_that_the_page_names(browsing: Browsing, office: Office) -> None:
    page = browsing.page(office.site)
    page.goto("/status/")
    zone = page.locator("#time-zone").inner_text()
    page.context.add_cookies([{"name": "timezone", "value": "Asia/Tokyo", "url": office.site.url}])

    syncs = page.locator("#syncs tr[data-sync]").count()
    page.get_by_role("button", name="Check now").click()

    # The open page may have synced by itself as well.
    expect(page.locator("#syncs tr[data-sync]").nth(syncs)).to_be_visible()
    expect(page.locator('#syncs time[datetime$="+09:00"]')).to_have_count(0)
    expect(page.locator("#time-zone")).to_have_text(zone)
    page.goto("/status/")
    expect(page.locator("#time-zone")).to_have_text("Asia/Tokyo")
