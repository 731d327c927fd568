"""Fixtures: a real Chromium and the sites that it opens. Every page is watched: see tests/support/page_watch.py.

The browser and the sites end with this folder's tests: Playwright keeps an event loop running, and Django refuses to
use its database while one runs.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.browsing import PATIENCE, Browsing
from tests.support.chromium import NoChromium, launch
from tests.support.sites import KEY, NUMBERS, Office, Site, serving, signed_in


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


@pytest.fixture
def browsing(browser: Browser) -> Iterator[Browsing]:
    """Open pages; at its end the test fails if one of them did something that no page may do."""
    browsing = Browsing(browser)
    yield browsing
    wrong = browsing.close()
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="package")
def demo(project: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo with 60 numbers, as `make run` serves it. Tests only read it."""
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
    """A site with 60 numbers whose Quo the test controls."""
    yield _office
    _office.reset()


@pytest.fixture
def page(browsing: Browsing, demo: Site) -> Page:
    """An empty desktop page in light mode, signed in to the demo."""
    return browsing.page(demo)
