"""Rows of long tables: ids on links keep the keyboard focus when rows are refreshed."""

import pytest

from tests.support.pages import LIST, PageClient, parse_page, sync_all
from tests.support.quo_answers import number, user


@pytest.mark.parametrize("path", [LIST, "/teammates/", "/audit/", "/audit/?by=teammate", "/teammates/US1/"])
def test_every_link_in_a_row_has_a_unique_id(manager: PageClient, path: str) -> None:
    sync_all(*[number(f"PN{place}", users=[user(f"US{each}") for each in range(6)]) for place in range(3)])

    page = parse_page(manager.get(path))

    links = page.css("tr[data-number] a, tr[data-teammate] a, .group-row a")
    assert len(links) > 2
    assert all(link.attributes.get("id") for link in links)
    ids = [each.attributes["id"] for each in page.css("[id]")]
    assert len(set(ids)) == len(ids)
