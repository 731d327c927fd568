"""The pages of the matrix, and the fragments of the audit that htmx swaps."""

import pytest

from numbers.audit import page as audit_page
from numbers.sandbox.workspace import build
from tests.support.audit_page import ANN, AUDIT, audit_number, audit_numbers, bodies, headings, sentences, tallies
from tests.support.caches import clear_caches
from tests.support.pages import (
    HTMX,
    PageClient,
    attribute,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    total_of,
)


def test_the_pages_of_the_matrix_together_have_every_row(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sync_all(*build(12).numbers)

    for by in ("group", "kind", "teammate"):
        monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 200)
        whole = parse_page(manager.get(AUDIT, {"by": by}))
        monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 5)
        clear_caches()
        count = len(numbers_on(whole))
        pages = [parse_page(manager.get(AUDIT, {"by": by, "page": str(page + 1)})) for page in range((count + 4) // 5)]
        assert [row for page in pages for row in numbers_on(page)] == numbers_on(whole)
        assert {total_of(page) for page in pages} == {12}
        assert len({str(sentences(page)) for page in pages}) == 1
        assert len({str(tallies(find_one(page, ".all-groups"))) for page in pages}) == 1


def test_a_group_that_spans_pages_repeats_its_heading_and_its_counts(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 3)
    sync_all(*audit_numbers(4), audit_number("Zebra", groupId="GR2"))

    page = parse_page(manager.get(AUDIT, {"page": "2"}))

    assert headings(page) == ["Group GR1 continued 4 numbers", "Group GR2 1 number"]
    assert tallies(bodies(page)[0])[0] == "Calling, United States: 4 allowed"
    assert "Page 2 of 2" in text_of(find_one(page, ".matrix-about"))


def test_pages_link_to_each_other_and_past_the_last_page_the_last_one_is_shown(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 2)
    sync_all(*audit_numbers(5))

    page = parse_page(manager.get(AUDIT, {"page": "9", "by": "kind"}))

    assert notices_of(page) == ["There is no page 9, so the last one is shown."]
    assert [attribute(link, "href") for link in page.css("nav.pages a")] == [
        "/audit/?by=kind#matrix",
        "/audit/?by=kind&page=2#matrix",
    ]


def test_htmx_gets_only_the_results_and_the_new_address(manager: PageClient) -> None:
    sync_all(audit_number("a"))

    response = manager.get(AUDIT, {"by": "kind", "page": "1"}, headers=HTMX)

    page = parse_page(response)
    assert not page.css("html > head > link")
    assert find_one(page, "#results")
    assert text_of(find_one(page, "title")) == "Restrictions audit · Quo Admin"
    assert text_of(find_one(page, "#announce")) == "1 number in 1 group, 0 odd."
    assert response.headers["HX-Push-Url"] == "/audit/?by=kind"


def test_another_page_of_the_audit_is_announced(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_page, "OUTLIERS_PER_PAGE", 1)
    monkeypatch.setattr(audit_page, "ROWS_PER_PAGE", 3)
    sync_all(*audit_numbers(6), audit_number("Odd", "++----"), audit_number("Odder", "-+-+++"))

    page = parse_page(manager.get(f"{AUDIT}?odd=2&page=3", headers=HTMX))

    announcement = "8 numbers in 1 group, 2 odd, odd ones 2 to 2, page 3 of 3 of the matrix."
    assert text_of(find_one(page, "#announce")) == announcement


def test_refining_a_search_replaces_the_address(manager: PageClient) -> None:
    sync_all(audit_number("abc"))
    headers = HTMX | {"HX-Current-URL": "http://testserver/audit/?q=a"}

    response = manager.get(AUDIT, {"q": "ab"}, headers=headers)

    assert response.headers["HX-Replace-Url"] == "/audit/?q=ab"
    assert "HX-Push-Url" not in response.headers


def test_the_results_refresh_after_a_sync_and_keep_the_address(manager: PageClient) -> None:
    sync_all(audit_number("a"))
    page = parse_page(manager.get(AUDIT, {"by": "kind", "q": "a"}))
    refresh = find_one(page, '#refresh[hx-trigger="memory-changed from:body"]')
    assert attribute(refresh, "hx-get") == "/audit/?by=kind&q=a"

    response = manager.get(attribute(refresh, "hx-get"), headers=HTMX | {"HX-Trigger": "refresh"})

    assert "HX-Push-Url" not in response.headers
    assert not parse_page(response).css("#announce")


def swapped(manager: PageClient, query: str, **headers: str) -> set[str]:
    page = parse_page(manager.get(f"{AUDIT}?{query}", headers=HTMX | headers))
    return {attribute(node, "id") for node in page.css("[hx-swap-oob]")}


def test_the_form_is_swapped_if_a_link_changed_its_values(manager: PageClient) -> None:
    sync_all(audit_number("a", users=[ANN]))
    here = {"HX-Current-URL": "http://testserver/audit/"}

    assert swapped(manager, "q=a", **here, **{"HX-Trigger": "filters"}) == {"announce"}
    assert swapped(manager, "q=a", **here) == {"announce", "filter-fields", "q"}
    assert swapped(manager, "user=US1", **here) == {"announce", "filter-fields", "teammate-filter", "freshness"}
