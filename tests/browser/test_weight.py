"""The size of a first page load."""

from typing import Any

from playwright.sync_api import Page

from tests.support.browser_pages import expect_total

MAX_BYTES = 60_000  # bytes on the wire, headers included


def test_the_first_load_of_sixty_numbers_is_light(page: Page) -> None:
    received: dict[str, float] = {}
    addresses: dict[str, str] = {}
    session = page.context.new_cdp_session(page)

    def note_request(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def note_end(event: dict[str, Any]) -> None:
        received[event["requestId"]] = event["encodedDataLength"]

    session.on("Network.requestWillBeSent", note_request)
    session.on("Network.loadingFinished", note_end)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/numbers/", wait_until="networkidle")
    expect_total(page, 60)

    parts = {addresses[request]: round(size) for request, size in received.items()}
    assert any("htmx" in address for address in parts), parts
    assert sum(parts.values()) < MAX_BYTES, parts
