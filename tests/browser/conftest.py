"""A real Chromium, and what it looks at. Every page is watched: see watching.py.

The browser and the sites live as long as this folder's tests, not longer: Playwright keeps an event loop running,
beside which Django refuses to use its database in the tests that follow.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.browser.chromium import NoChromium, launch
from tests.browser.sites import KEY, NUMBERS, Office, Site, serving, signed_in
from tests.browser.watching import Watch
from tests.project import conftest as installation

project = installation.project

PATIENCE = 30_000.0  # milliseconds, for a machine that is busy with other things
DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except NoChromium as none:
            pytest.fail(str(none), pytrace=False)
        yield browser
        browser.close()


class Browsing:
    """Opens pages, each in a browser of its own: nothing is shared but a site's signed-in account."""

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
        """Open an empty page; paths that it is sent to are the site's."""
        context = self._browser.new_context(
            base_url=site.url,
            viewport=viewport,
            is_mobile=viewport is PHONE,
            has_touch=viewport is PHONE,
            color_scheme=scheme,
            java_script_enabled=javascript,
            reduced_motion="reduce",  # nothing is measured half-way through a transition
            storage_state=site.cookies if signed_in else None,
        )
        context.set_default_timeout(PATIENCE)
        self._open.append((context, Watch(context, site.url)))
        return context.new_page()

    def expects(self, *parts: str) -> None:
        """Say what the newest page will complain of, because the test wants it to."""
        self._open[-1][1].expects(*parts)

    def close(self) -> list[str]:
        """Close every page; return what they did wrong."""
        wrong = []
        for context, watch in self._open:
            for page in context.pages:
                page.wait_for_load_state()
            context.close()
            wrong += watch.verdict()
        return wrong


@pytest.fixture
def browsing(browser: Browser) -> Iterator[Browsing]:
    """Where pages come from; the test fails at its end where one of them did what no page may do."""
    browsing = Browsing(browser)
    yield browsing
    wrong = browsing.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="package")
def demo(project: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo as `make run` serves it: 60 numbers. Tests only read it."""
    folder = tmp_path_factory.mktemp("demo")
    with serving(project, folder) as (url, password):
        yield signed_in(browser, url, password, folder / "data")


@pytest.fixture(scope="package")
def _office(project: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with SandboxServer(build(NUMBERS), key=KEY) as quo:
        settings = {"QUO_API_URL": quo.url, "QUO_API_KEY": KEY, "QUO_TIMEOUT": "30"}
        with serving(project, folder, **settings) as (url, password):
            yield Office(signed_in(browser, url, password, folder / "data"), quo)


@pytest.fixture
def office(_office: Office) -> Iterator[Office]:
    """An office of 60 numbers whose Quo the test plays."""
    yield _office
    _office.reset()


@pytest.fixture
def page(browsing: Browsing, demo: Site) -> Page:
    """An empty page of somebody signed in to the demo, at a desk and in light."""
    return browsing.page(demo)
