"""The tabs in the header mark the current page or its section."""

import pytest

from tests.support.pages import PageClient, attribute, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user


@pytest.mark.parametrize(
    ("path", "tab", "current"),
    [
        ("/", "Overview", "page"),
        ("/numbers/", "Numbers", "page"),
        ("/numbers/?q=desk", "Numbers", "page"),
        ("/numbers/PN1/", "Numbers", "true"),
        ("/saved/", "Numbers", "true"),
        ("/teammates/", "Teammates", "page"),
        ("/teammates/US1/", "Teammates", "true"),
        ("/audit/", "Audit", "page"),
        ("/status/", "Status", "page"),
        ("/status/access/", "Status", "true"),
    ],
)
def test_the_tab_of_the_page_or_section_is_marked(admin: PageClient, path: str, tab: str, current: str) -> None:
    sync_all(number("PN1", users=[user("US1")]))

    marked = parse_page(admin.get(path)).css(".site-nav [aria-current]")

    assert [(text_of(link), attribute(link, "aria-current")) for link in marked] == [(tab, current)]


@pytest.mark.parametrize("path", ["/no-such-page/", "/numbers/US1/", "/accounts/password/change/"])
def test_a_page_outside_the_sections_marks_no_tab(manager: PageClient, path: str) -> None:
    page = parse_page(manager.get(path), status=200 if "accounts" in path else 404)

    assert not page.css(".site-nav [aria-current]")
