"""The rows of every long table, which pass htmx by: see static/js/patch.js."""

import pytest

from tests.support.pages import LIST, Office, parsed, remember
from tests.support.quo_answers import number, user


@pytest.mark.parametrize("path", [LIST, "/teammates/", "/audit/", "/audit/?by=teammate", "/teammates/US1/"])
def test_rows_hold_nothing_that_is_htmxs(office: Office, path: str) -> None:
    remember(*[number(f"PN{place}", users=[user("US1"), user("US2")]) for place in range(3)])
    page = parsed(office.get(path))

    (rows, *_) = bodies = page.css("tbody[data-rows]")
    assert rows.css("tr[data-row]")
    for body in bodies:
        elements = body.css("*")
        assert [each.html for each in elements if any(name[:3] == "hx-" for name in each.attributes)] == []
        assert [each.html for each in elements if "id" in each.attributes] == []
        assert all("data-row" in each.attributes for each in body.css("tr"))
