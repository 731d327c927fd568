"""A real Chromium, and what it looks at. Every page is watched: see tests/support/page_watch.py.

The browser and the sites live as long as this folder's tests, not longer: Playwright keeps an event loop running,
beside which Django refuses to use its database in the tests that follow.
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
