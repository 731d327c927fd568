"""What viewers see instead of actions they may not take."""

import json

import pytest

from numbers.memory.version import memory_version
from numbers.models import SavedFilter, Sync
from tests.support.pages import HTMX, LIST, PageClient, attribute, find_one, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user

FRESHNESS = "/freshness/"


@pytest.fixture(autouse=True)
def _numbers(db: None) -> None:
    sync_all(number("PN1", users=[user("US1")]))


@pytest.mark.parametrize("path", [LIST, "/", "/numbers/PN1/", "/teammates/", "/teammates/US1/", "/audit/", "/status/"])
def test_a_viewers_page_polls_the_freshness_and_never_syncs(viewer: PageClient, path: str) -> None:
    page = parse_page(viewer.get(path))

    assert not page.css("#check-now")
    assert not page.css("form[action='/sync/'], [hx-post='/sync/']")
    assert attribute(find_one(page, "#look"), "hx-get") == FRESHNESS
    assert "load" not in attribute(find_one(page, "#look"), "hx-trigger").split()


def test_a_managers_page_syncs(manager: PageClient) -> None:
    page = parse_page(manager.get(LIST))

    assert page.css("#check-now")
    assert attribute(find_one(page, "#look"), "hx-post") == "/sync/"


def test_a_viewers_sync_is_refused(viewer: PageClient) -> None:
    assert viewer.post("/sync/", headers=HTMX).status_code == 403
    assert Sync.objects.count() == 1


def test_polling_returns_the_age_without_a_sync(viewer: PageClient) -> None:
    response = viewer.get(FRESHNESS, {"version": memory_version()}, headers=HTMX)

    assert "Checked with Quo" in text_of(find_one(parse_page(response), "#freshness"))
    assert "HX-Trigger" not in response.headers
    assert Sync.objects.count() == 1


def test_polling_announces_a_change(viewer: PageClient) -> None:
    before = memory_version()
    sync_all(number("PN1", name="Another"))

    response = viewer.get(FRESHNESS, {"version": before}, headers=HTMX)

    assert json.loads(response.headers["HX-Trigger"]) == {"memory-changed": {}}


@pytest.mark.parametrize("subject", [{"number": "PN1"}, {"user": "US1"}, {"user": "x" * 9_000}, {"number": "\x00"}])
def test_polling_has_the_same_target_as_the_page(viewer: PageClient, subject: dict[str, str]) -> None:
    page = parse_page(viewer.get(FRESHNESS, subject, headers=HTMX))

    named = {name: field.attributes["value"] for name in subject for field in page.css(f"#check-form [name={name}]")}
    assert named == {name: value for name, value in subject.items() if value in {"PN1", "US1"}}


def test_opening_the_polling_url_redirects_to_the_list(viewer: PageClient) -> None:
    assert viewer.get(FRESHNESS).headers["Location"] == LIST


def test_a_viewer_can_save_but_not_share_filters(viewer: PageClient) -> None:
    assert not parse_page(viewer.get(LIST)).css("#save-shared")
    form = {"name": "Abroad", "query": "calling_intl=allowed"}

    refused = viewer.post("/saved/", {**form, "is_shared": "on"})
    assert "Only managers and administrators may share a filter." in text_of(parse_page(refused, 422))
    assert not SavedFilter.objects.exists()

    assert viewer.post("/saved/", form).status_code == 302
    saved = SavedFilter.objects.get()
    assert not parse_page(viewer.get("/saved/")).css(f"form[action='/saved/{saved.code}/share/']")
    assert viewer.post(f"/saved/{saved.code}/share/", {"is_shared": "1"}).status_code == 403
    assert not SavedFilter.objects.get().is_shared


def test_a_former_manager_can_unshare_a_filter(viewer: PageClient) -> None:
    viewer.post("/saved/", {"name": "Abroad", "query": "calling_intl=allowed"})
    SavedFilter.objects.update(is_shared=True)
    code = SavedFilter.objects.get().code

    assert parse_page(viewer.get("/saved/")).css(f"form[action='/saved/{code}/share/']")
    assert viewer.post(f"/saved/{code}/share/").status_code == 302
    assert not SavedFilter.objects.get().is_shared
