"""The harness itself: it detects everything that no page may do."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.accessibility import violations
from tests.support.browser_pages import RECORDS
from tests.support.browsing import Browsing
from tests.support.sites import Site

OTHER_SITE = "http://elsewhere.example/"


@pytest.fixture
def watched(browser: Browser) -> Iterator[Browsing]:
    """A watched browser whose problems the test reads itself."""
    watched = Browsing(browser)
    yield watched
    watched.close()


@pytest.fixture
def open_page(watched: Browsing, demo: Site) -> Page:
    page = watched.page(demo)
    page.goto("/status/")
    return page


def test_a_correct_page_has_no_problems(open_page: Page, watched: Browsing) -> None:
    assert watched.close() == []


@pytest.mark.parametrize(
    ("script", "event", "complaint"),
    [
        ("console.error('oh')", "console", "console error: oh"),
        ("console.warn('hm')", "console", "console warning: hm"),
        ("setTimeout(() => { throw new Error('broken'); })", "pageerror", "uncaught: broken"),
        ("Promise.reject(new Error('broken promise'))", "pageerror", "uncaught: broken promise"),
        ("setTimeout(() => { document.createElement('script').text = '1'; })", "console", "requires 'TrustedScript'"),
        ("document.body.setAttribute('style', 'color: red')", "console", "style-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<b onclick=\"x()\"></b>')", "console", "script-src"),
        (f"document.body.append(Object.assign(new Image(), {{src: '{OTHER_SITE}'}}))", "console", "img-src"),
        (f"fetch('{OTHER_SITE}').catch(() => 0)", "console", "connect-src"),
        ("fetch('/static/gone.js')", "console", "status of 404"),
        (f"location = '{OTHER_SITE}'", "requestfailed", f"left the site: GET {OTHER_SITE}"),
        (f"open('{OTHER_SITE}')", "popup", f"left the site: GET {OTHER_SITE}"),
    ],
)
def test_forbidden_behavior_is_detected(
    open_page: Page, watched: Browsing, script: str, event: Any, complaint: str
) -> None:
    with open_page.expect_event(event):
        open_page.evaluate(f"() => {{ {script}; }}")
    problems = watched.close()
    assert any(complaint in problem for problem in problems), problems


def test_an_expected_problem_that_never_comes_is_reported(open_page: Page, watched: Browsing) -> None:
    watched.expects("status of 404")
    assert watched.close() == ["expected, but did not occur: status of 404"]


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
def test_wcag_violations_are_detected(open_page: Page, fault: str, rule: str) -> None:
    assert violations(open_page) == []
    open_page.evaluate(f"() => {{ {fault}; }}")
    assert any(found.startswith(f"{rule}: ") for found in violations(open_page))


def test_the_expected_workspace_is_the_demos(page: Page) -> None:
    page.goto(f"/numbers/{RECORDS[-1]['id']}/")
    assert RECORDS[-1]["name"] in page.get_by_role("heading", level=1).inner_text()
