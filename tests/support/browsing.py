"""Opens pages in a real Chromium and watches each of them."""

from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.support.page_watch import Watch
from tests.support.sites import Site

PATIENCE = 30_000.0  # milliseconds, for a busy machine
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=360, height=740)


class Browsing:
    """Opens pages in separate browser contexts, which share only the cookies of a site's signed-in account."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: list[tuple[BrowserContext, Watch]] = []

    def page(
        self,
        site: Site,
        *,
        viewport: ViewportSize = DESKTOP,
        scheme: Literal["light", "dark"] = "light",
        javascript: bool = True,
        signed_in: bool = True,
    ) -> Page:
        """Open an empty page; relative URLs belong to the site."""
        context = self._browser.new_context(
            base_url=site.url,
            viewport=viewport,
            is_mobile=viewport is PHONE,
            has_touch=viewport is PHONE,
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",  # measure nothing during a transition
            storage_state=site.cookies if signed_in else None,
        )
        context.set_default_timeout(PATIENCE)
        self._open.append((context, Watch(context, site.url)))
        return context.new_page()

    def expects(self, *parts: str) -> None:
        """Expect problems of the newest page that contain these texts."""
        self._open[-1][1].expects(*parts)

    def close(self) -> list[str]:
        """Close all pages; return their problems."""
        wrong = []
        for context, watch in self._open:
            for page in context.pages:
                page.wait_for_load_state()
            context.close()
            wrong += watch.verdict()
        return wrong
