"""The harness itself: what no page may do is noticed, whatever the test looked for."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.accessibility import violations
from tests.support.browser_pages import RECORDS
from tests.support.browsing import Browsing
from tests.support.sites import Site

ELSEWHERE = "http://elsewhere.example/"


@pytest.fixture
def suspect(browser: Browser) -> Iterator[Browsing]:
    """Watched as in every test, but the verdict is for the test to read."""
    suspect = Browsing(browser)
    yield suspect
    suspect.close()


@pytest.fixture
def open_page(suspect: Browsing, demo: Site) -> Page:
    page = suspect.page(demo)
    page.goto("/status/")
    return page


def test_a_page_that_does_nothing_wrong_is_not_complained_of(open_page: Page, suspect: Browsing) -> None:
    assert suspect.close() == []


@pytest.mark.parametrize(
    ("does", "event", "complaint"),
    [
        ("console.error('oh')", "console", "console error: oh"),
        ("console.warn('hm')", "console", "console warning: hm"),
        ("setTimeout(() => { throw new Error('broken'); })", "pageerror", "uncaught: broken"),
        ("Promise.reject(new Error('broken promise'))", "pageerror", "uncaught: broken promise"),
        ("setTimeout(() => { document.createElement('script').text = '1'; })", "console", "requires 'TrustedScript'"),
        ("document.body.setAttribute('style', 'color: red')", "console", "style-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<b onclick=\"x()\"></b>')", "console", "script-src"),
        (f"document.body.append(Object.assign(new Image(), {{src: '{ELSEWHERE}'}}))", "console", "img-src"),
        (f"fetch('{ELSEWHERE}').catch(() => 0)", "console", "connect-src"),
        ("fetch('/static/gone.js')", "console", "status of 404"),
        (f"location = '{ELSEWHERE}'", "requestfailed", f"left the site: GET {ELSEWHERE}"),
        (f"open('{ELSEWHERE}')", "popup", f"left the site: GET {ELSEWHERE}"),
    ],
)
def test_what_no_page_may_do_is_noticed(
    open_page: Page, suspect: Browsing, does: str, event: Any, complaint: str
) -> None:
    with open_page.expect_event(event):
        open_page.evaluate(f"() => {{ {does}; }}")
    said = suspect.close()
    assert any(complaint in line for line in said), said


def test_what_is_expected_in_vain_is_noticed(open_page: Page, suspect: Browsing) -> None:
    suspect.expects("status of 404")
    assert suspect.close() == ["expected in vain: status of 404"]


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')", "label"),
        ("document.querySelector('main').insertAdjacentHTML('beforeend', '<a href=\"/\"></a>')", "link-name"),
        ("document.querySelector('h1').style.color = '#bbb'", "color-contrast"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        (
            "for (const a of document.querySelectorAll('nav a')) Object.assign(a.style, "
            "{display: 'inline-block', padding: 0, width: '9px', height: '9px', overflow: 'hidden'})",
            "target-size",
        ),
    ],
)
def test_what_breaks_wcag_is_noticed(open_page: Page, fault: str, rule: str) -> None:
    assert violations(open_page) == []
    open_page.evaluate(f"() => {{ {fault}; }}")
    assert any(found.startswith(f"{rule}: ") for found in violations(open_page))


def test_the_workspace_that_pages_are_held_against_is_the_demo(page: Page) -> None:
    page.goto(f"/numbers/{RECORDS[-1]['id']}/")
    assert RECORDS[-1]["name"] in page.get_by_role("heading", level=1).inner_text()
