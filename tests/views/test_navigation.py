"""The tabs in the header mark the current page or its section."""

import pytest

from tests.support.pages import Office, attribute, parsed, remember, words
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
def test_the_tab_of_the_page_or_section_is_marked(admin: Office, path: str, tab: str, current: str) -> None:
    remember(number("PN1", users=[user("US1")]))

    marked = parsed(admin.get(path)).css(".site-nav [aria-current]")

    assert [(words(link), attribute(link, "aria-current")) for link in marked] == [(tab, current)]


@pytest.mark.parametrize("path", ["/no-such-page/", "/numbers/US1/", "/accounts/password/change/"])
def test_a_page_outside_the_sections_marks_no_tab(office: Office, path: str) -> None:
    page = parsed(office.get(path), status=200 if "accounts" in path else 404)

    assert not page.css(".site-nav [aria-current]")
