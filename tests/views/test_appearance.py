"""The user's theme and time zone, both stored in cookies."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from numbers.models import PhoneNumber
from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    attribute,
    csrf_token_of,
    find_one,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number

APPEARANCE = "/appearance/"
THEMES = ["system", "light", "dark"]
A_YEAR = 365 * 24 * 3600


def themes_on(response: Any) -> tuple[str | None, list[str]]:
    """Return the page's theme and the themes of the pressed buttons."""
    page = parse_page(response)
    pressed = [attribute(button, "value") for button in page.css(".themes [aria-pressed=true]")]
    return find_one(page, "html").attributes.get("data-theme"), pressed


@pytest.mark.parametrize(("theme", "expected"), [("light", "light"), ("dark", "dark"), ("system", None)])
def test_a_chosen_theme_applies_to_every_page(manager: PageClient, theme: str, expected: str | None) -> None:
    manager.post(APPEARANCE, {"theme": theme})

    for path in (LIST, "/status/", "/saved/"):
        assert themes_on(manager.get(path)) == (expected, [theme])


def test_the_default_theme_is_the_systems(manager: PageClient) -> None:
    assert themes_on(manager.get(LIST)) == (None, ["system"])


def test_every_theme_can_be_chosen_on_every_page(manager: PageClient) -> None:
    page = parse_page(manager.get(f"{LIST}?q=desk&sort=-name"))

    form = find_one(page, "#account-menu form:has(.themes)")
    assert (attribute(form, "action"), attribute(form, "method")) == (APPEARANCE, "post")
    assert attribute(form, "hx-post") == APPEARANCE
    assert [attribute(button, "value") for button in form.css("button[name=theme]")] == THEMES
    assert all(texts(form.css("button[name=theme]")))
    assert attribute(find_one(page, "[name=next][form=theme-form]"), "value") == f"{LIST}?q=desk&sort=-name"
    assert csrf_token_of(page, "theme-form")


def test_the_last_choice_wins(manager: PageClient) -> None:
    manager.post(APPEARANCE, {"theme": "dark"})
    manager.post(APPEARANCE, {"theme": "light"})

    assert themes_on(manager.get(LIST)) == ("light", ["light"])


def test_the_theme_cookie_lasts_a_year_and_is_http_only(manager: PageClient) -> None:
    for is_secure in (False, True):
        cookie = manager.post(APPEARANCE, {"theme": "dark"}, secure=is_secure).cookies["theme"]
        assert (cookie.value, cookie["max-age"], cookie["path"]) == ("dark", A_YEAR, "/")
        assert (bool(cookie["httponly"]), cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", is_secure)


@pytest.mark.parametrize("theme", ["", "blue", "Dark", "dark ", '"><b data-evil>', "x" * 3000])
def test_an_unknown_theme_is_refused(manager: PageClient, theme: str) -> None:
    manager.post(APPEARANCE, {"theme": "dark"})

    response = manager.post(APPEARANCE, {"theme": theme})

    assert response.status_code == 302
    assert not response.cookies
    assert themes_on(manager.get(LIST)) == ("dark", ["dark"])


@pytest.mark.parametrize("theme", ["blue", "Dark", '" onload="x'])
def test_an_invalid_theme_cookie_means_the_systems_theme(manager: PageClient, theme: str) -> None:
    manager.cookies["theme"] = theme

    assert themes_on(manager.get(LIST)) == (None, ["system"])


@pytest.mark.parametrize("address", [f"{LIST}?q=a&page=2", "/status/", "/numbers/PN%2F1/"])
def test_without_javascript_choosing_returns_to_the_same_page(manager: PageClient, address: str) -> None:
    response = manager.post(APPEARANCE, {"theme": "dark", "next": address})

    assert (response.status_code, response.headers["Location"]) == (302, address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.com/",
        "//example.com/",
        "///example.com/",
        "/\\example.com/",
        "\\\\example.com/",
        "/\t/example.com/",
        "http:///example.com",
        "javascript:alert(1)",
        "numbers/",
        "/é",
        "/a\r\nSet-Cookie: a=b",
        "/" + "x" * 20_000,
    ],
)
def test_choosing_never_redirects_to_another_site(manager: PageClient, address: str) -> None:
    response = manager.post(APPEARANCE, {"theme": "dark", "next": address})

    assert (response.status_code, response.headers["Location"]) == (302, LIST)


def test_htmx_gets_an_empty_answer(manager: PageClient) -> None:
    response = manager.post(APPEARANCE, {"theme": "dark", "next": LIST}, headers=HTMX)

    assert (response.status_code, response.content) == (204, b"")
    assert response.cookies["theme"].value == "dark"


def test_a_boosted_form_redirects_like_a_plain_one(manager: PageClient) -> None:
    response = manager.post(APPEARANCE, {"theme": "dark"}, headers={**HTMX, "HX-Boosted": "true"})

    assert response.status_code == 302


def test_only_a_post_from_our_site_sets_the_theme(manager: PageClient) -> None:
    strict = PageClient(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())

    assert strict.post(APPEARANCE, {"theme": "dark"}).status_code == 403
    for method in ("get", "head", "put", "delete"):
        response = getattr(manager, method)(f"{APPEARANCE}?theme=dark")
        assert response.status_code == 405
        assert not response.cookies


def test_the_sign_in_page_has_the_theme(client: Client, db: None) -> None:
    client.cookies["theme"] = "dark"

    page = parse_page(client.get("/accounts/login/"))

    assert attribute(find_one(page, "html"), "data-theme") == "dark"
    assert not page.css(".themes")


# Time zones, with a number first seen at noon in London in winter.

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon(manager: PageClient, settings: Settings) -> PageClient:
    settings.TIME_ZONE = "Europe/Berlin"
    sync_all(number("PN1"))
    PhoneNumber.objects.update(first_seen=NOON)
    return manager


def first_seen(manager: PageClient) -> str:
    page = parse_page(manager.get("/numbers/PN1/"))
    fields = {text_of(find_one(row, "dt")): text_of(find_one(row, "dd")) for row in page.css("dl.fields > div")}
    return fields["First seen here"]


def test_times_use_the_offices_zone_until_the_browser_sends_its_own(noon: PageClient) -> None:
    assert first_seen(noon) == "Jan 15, 2026, 1:00 PM"


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("America/New_York", "Jan 15, 2026, 7:00 AM"),
        ("Asia/Tokyo", "Jan 15, 2026, 9:00 PM"),
        ("Asia/Kolkata", "Jan 15, 2026, 5:30 PM"),
        ("Pacific/Kiritimati", "Jan 16, 2026, 2:00 AM"),
        ("UTC", "Jan 15, 2026, 12:00 PM"),
    ],
)
def test_times_use_the_zone_that_the_browser_sends(noon: PageClient, zone: str, time: str) -> None:
    noon.cookies["timezone"] = zone

    assert first_seen(noon) == time


def test_the_datetime_attribute_is_the_same_moment_in_every_zone(noon: PageClient) -> None:
    noon.cookies["timezone"] = "Asia/Tokyo"

    times = parse_page(noon.get("/numbers/PN1/")).css("dl.fields time")

    assert datetime.fromisoformat(attribute(times[-3], "datetime")) == NOON


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Mars/Olympus",
        "america/new_york",
        "../../../etc/passwd",
        "/etc/localtime",
        "America/../UTC",
        "America",
        "UTC+3",
        "Asia/Tokyo\x00",
        "é",
        "x" * 3000,
        '"; DROP TABLE',
    ],
)
def test_an_unknown_zone_means_the_offices(noon: PageClient, zone: str) -> None:
    noon.cookies["timezone"] = zone

    assert first_seen(noon) == "Jan 15, 2026, 1:00 PM"


def test_one_users_zone_does_not_leak_to_the_next(noon: PageClient) -> None:
    noon.cookies["timezone"] = "Asia/Tokyo"
    assert first_seen(noon) == "Jan 15, 2026, 9:00 PM"
    del noon.cookies["timezone"]

    assert first_seen(noon) == "Jan 15, 2026, 1:00 PM"
    assert timezone.get_current_timezone() == ZoneInfo("Europe/Berlin")


def test_the_zone_is_reset_after_a_failing_page(noon: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(str(timezone.get_current_timezone()))

    monkeypatch.setattr("numbers.views.numbers.number_page", fail)
    noon.cookies["timezone"] = "Asia/Tokyo"

    with pytest.raises(RuntimeError, match="Asia/Tokyo"):
        noon.get("/numbers/PN1/")

    assert timezone.get_current_timezone() == ZoneInfo("Europe/Berlin")


def zone_on(response: Any) -> str:
    return text_of(find_one(parse_page(response), ".times-in"))


@pytest.mark.parametrize("path", ["/", LIST, "/numbers/PN1/", "/teammates/", "/audit/", "/status/", "/saved/"])
def test_every_page_names_the_zone_of_its_times(noon: PageClient, path: str) -> None:
    assert zone_on(noon.get(path)) == "Times are in Europe/Berlin."

    noon.cookies["timezone"] = "Asia/Tokyo"
    assert zone_on(noon.get(path)) == "Times are in Asia/Tokyo."

    noon.cookies["timezone"] = "<b>Mars</b>"
    assert zone_on(noon.get(path)) == "Times are in Europe/Berlin."


def test_the_accounts_pages_name_the_zone_of_their_times(admin: PageClient, settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"

    assert zone_on(admin.get("/admin/accounts/user/")) == "Times are in Europe/Berlin."
    assert zone_on(admin.get("/accounts/security/")) == "Times are in Europe/Berlin."


def test_a_fragment_uses_the_zone_of_its_page(noon: PageClient) -> None:
    """The first page, in the office's zone, tells the server the browser's zone for the pages that follow."""
    noon.cookies["timezone"] = "Asia/Tokyo"

    fragment = noon.get("/numbers/PN1/", headers={**HTMX, "X-Time-Zone": "Europe/Berlin"})

    assert "Jan 15, 2026, 1:00 PM" in fragment.content.decode()


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../../etc/passwd", "x" * 3000])
def test_an_unknown_zone_of_a_page_means_the_browsers(noon: PageClient, zone: str) -> None:
    noon.cookies["timezone"] = "Asia/Tokyo"

    fragment = noon.get("/numbers/PN1/", headers={**HTMX, "X-Time-Zone": zone})

    assert "Jan 15, 2026, 9:00 PM" in fragment.content.decode()


def test_a_fragment_uses_the_users_zone(noon: PageClient) -> None:
    noon.cookies["timezone"] = "Asia/Tokyo"

    assert "Jan 15, 2026, 9:00 PM" in noon.get("/numbers/PN1/", headers=HTMX).content.decode()
