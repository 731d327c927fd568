"""Requests that come to another address than SITE_URL, or whose proxy hides that it is https: pages and log say why."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from quo_admin import addresses
from tests.support.accounts import LOGIN
from tests.support.pages import parse_page, text_of

pytestmark = pytest.mark.django_db

SITE = "http://phones.example.com"
HTTPS = "https://phones.example.com"
BROWSER_ON_HTTPS = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none"}


@pytest.fixture(autouse=True)
def _nothing_logged_yet() -> Iterator[None]:
    addresses.LOGGED.clear()
    yield
    addresses.LOGGED.clear()


@pytest.fixture
def site(settings: Settings) -> Settings:
    """Set Quo Admin up for an address without https."""
    settings.SITE_URL, settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = SITE, ["phones.example.com"], [SITE]
    return settings


@pytest.fixture
def https_site(site: Settings) -> Settings:
    site.SITE_URL, site.CSRF_TRUSTED_ORIGINS, site.SECURE_SSL_REDIRECT = HTTPS, [HTTPS], True
    return site


def text(response: Any, status: int) -> str:
    return text_of(parse_page(response, status))


# Another address


@pytest.mark.parametrize(
    "host",
    [
        "192.168.1.5:8000",
        "192.168.1.5",
        "[fd00::5]:8000",
        "[fd00::5]",
        "phones.internal",
        "PHONES.example.org",
        "localhost:8000",
        "www.phones.example.com",
        "phones.example.com.evil.example",
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_request_to_another_address_names_both_and_is_logged(
    site: Settings, caplog: pytest.LogCaptureFixture, host: str, method: str
) -> None:
    page = text(getattr(Client(), method)(LOGIN, headers={"host": host}), 400)

    assert host in page
    assert (host if re.search(r"\d|localhost", host) else "another name") in caplog.text
    for said in (page, caplog.text):
        assert SITE in said
        assert "SITE_URL" in said


@pytest.mark.parametrize(
    "host", ["phones.example.com", "PHONES.Example.COM", "phones.example.com.", "phones.example.com:8443"]
)
def test_other_writings_of_the_address_are_accepted(
    site: Settings, caplog: pytest.LogCaptureFixture, host: str
) -> None:
    assert Client().get(LOGIN, headers={"host": host}).status_code == 200
    assert caplog.text == ""


@pytest.mark.parametrize("host", ["<script>alert(1)</script>", "a b", "é", "a" * 1000, "", "x@evil.example"])
def test_an_odd_host_is_not_repeated(site: Settings, caplog: pytest.LogCaptureFixture, host: str) -> None:
    page = text(Client().get(LOGIN, headers={"host": host}), 400)

    assert "an address that cannot be shown" in page
    assert "another name" in caplog.text


def test_without_a_host_the_page_says_so(site: Settings, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(SERVER_NAME="0.0.0.0")  # noqa: S104 - as an old client asks

    assert "named no address" in text(client.get(LOGIN), 400)
    assert "named no address" in caplog.text


def test_the_address_of_the_site_is_a_link(site: Settings) -> None:
    page = parse_page(Client().get(LOGIN, headers={"host": "192.168.1.5"}), 400)

    assert page.css(f'a[href="{SITE}"]')


def test_without_site_url_the_page_says_that_only_this_machine_is_served(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["127.0.0.1", "localhost", "[::1]"]

    page = parse_page(Client().get(LOGIN, headers={"host": "192.168.1.5:8000"}), 400)

    assert "http://127.0.0.1:8000" in text_of(page)
    assert not page.css("a")
    assert "SITE_URL" in caplog.text


def test_monitors_are_answered_at_every_address(https_site: Settings, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/healthz", "/readyz"):
        for headers in ({"host": "192.168.1.5:8000"}, {"host": "a b"}, BROWSER_ON_HTTPS):
            assert Client().get(path, headers=headers).status_code == 200
    assert caplog.text == ""


def test_a_flood_of_such_requests_is_logged_once(site: Settings, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(50):
        Client().get(LOGIN, headers={"host": f"192.168.1.{number}"})

    assert len(caplog.records) == 1


# https that the proxy hides


@pytest.mark.parametrize(
    ("headers", "cause"),
    [
        (BROWSER_ON_HTTPS, "sends no X-Forwarded-Proto"),
        ({"origin": HTTPS}, "sends no X-Forwarded-Proto"),
        ({"x-forwarded-proto": "https,http"}, "X-Forwarded-Proto: https,http"),
        ({"x-forwarded-proto": "https, https"}, "X-Forwarded-Proto: https, https"),
        ({"x-forwarded-proto": "HTTPS"}, "X-Forwarded-Proto: HTTPS"),
        ({"x-forwarded-proto": "http", **BROWSER_ON_HTTPS}, "X-Forwarded-Proto: http"),
        ({"x-forwarded-proto": "https\x00<b>", **BROWSER_ON_HTTPS}, "a value that cannot be shown"),
    ],
)
def test_instead_of_a_redirect_to_itself_the_page_and_the_log_name_the_cause(
    https_site: Settings, caplog: pytest.LogCaptureFixture, headers: dict[str, str], cause: str
) -> None:
    page = text(Client(headers={"host": "phones.example.com"}).get(LOGIN, headers=headers), 400)

    for said in (page, caplog.text):
        assert cause in said
        assert "X-Forwarded-Proto" in said


@pytest.mark.parametrize("host", ["phones.example.com", "192.168.1.5"])
def test_these_pages_have_a_strict_policy(https_site: Settings, host: str) -> None:
    headers = Client().get(LOGIN, headers={"host": host, **BROWSER_ON_HTTPS}).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"


def test_a_visitor_without_https_is_still_redirected(https_site: Settings, caplog: pytest.LogCaptureFixture) -> None:
    response = Client().get(LOGIN, headers={"host": "phones.example.com"})

    assert (response.status_code, response.headers["Location"]) == (301, f"{HTTPS}{LOGIN}")
    assert caplog.text == ""


TOLD_OF_HTTPS = {"host": "phones.example.com", "x-forwarded-proto": "https", **BROWSER_ON_HTTPS}


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1", "::ffff:127.0.0.1", ""])
def test_https_that_a_trusted_proxy_tells_of_is_served(https_site: Settings, proxy: str) -> None:
    assert Client().get(LOGIN, headers=TOLD_OF_HTTPS, REMOTE_ADDR=proxy).status_code == 200


def test_https_that_somebody_else_tells_of_is_not_believed(
    https_site: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    page = text(Client().get(LOGIN, headers=TOLD_OF_HTTPS, REMOTE_ADDR="203.0.113.9"), 400)

    for said in (page, caplog.text):
        assert "TRUSTED_PROXIES lacks its address" in said


def test_an_unknown_host_with_https_is_named_first(https_site: Settings) -> None:
    page = text(Client().get(LOGIN, headers={"host": "192.168.1.5", **BROWSER_ON_HTTPS}), 400)

    assert "192.168.1.5" in page


# Forms


def post(headers: dict[str, str], *, secure: bool = False) -> Any:
    browser = Client(enforce_csrf_checks=True, headers={"host": "phones.example.com"})
    token = str(browser.get(LOGIN, secure=secure).context["csrf_token"])
    return browser.post(LOGIN, {"csrfmiddlewaretoken": token}, headers=headers, secure=secure)


@pytest.mark.parametrize(
    ("headers", "causes"),
    [
        ({"origin": HTTPS}, [HTTPS, SITE, "sends no X-Forwarded-Proto"]),
        ({"origin": HTTPS, "sec-fetch-site": "same-origin"}, [HTTPS, "sends no X-Forwarded-Proto"]),
        ({"origin": HTTPS, "x-forwarded-proto": "https,http"}, [HTTPS, "X-Forwarded-Proto: https,http"]),
        ({"origin": "https://192.0.2.7"}, ["https://192.0.2.7", SITE]),
        ({"origin": f"{SITE}:8080"}, [f"{SITE}:8080", SITE]),
        ({"origin": "http://[fd00::5]:8000"}, ["http://[fd00::5]:8000", SITE]),
        ({"origin": "null"}, ["does not say"]),
        ({"origin": "<b>"}, [SITE]),
    ],
)
def test_a_form_from_another_origin_names_the_cause_and_the_setting(
    site: Settings, caplog: pytest.LogCaptureFixture, headers: dict[str, str], causes: list[str]
) -> None:
    page = text(post(headers), 403)

    for said in (page, caplog.text):
        for cause in causes:
            assert cause in said
    assert "SITE_URL" in page or headers["origin"] == "null"


def test_only_the_page_names_an_unknown_site(site: Settings, caplog: pytest.LogCaptureFixture) -> None:
    page = text(post({"origin": "https://desk.example.com"}), 403)

    assert "https://desk.example.com, but Quo Admin is at http://phones.example.com" in page
    assert "another name, but Quo Admin is at http://phones.example.com" in caplog.text


def test_a_form_that_the_browser_calls_foreign_gets_no_advice_to_change_settings(site: Settings) -> None:
    page = text(post({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}), 403)

    assert "a page of another site" in page
    assert "has to be" not in page


def test_a_form_under_https_without_origin_and_referer_names_the_cause(
    https_site: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert "does not say" in text(post({}, secure=True), 403)
    assert "does not say" in caplog.text


def test_a_form_whose_referer_is_another_site_names_it(https_site: Settings) -> None:
    assert "https://desk.example.com" in text(post({"referer": "https://desk.example.com/x?y"}, secure=True), 403)


def test_a_browser_that_hides_the_origin_but_calls_it_ours_is_accepted(site: Settings) -> None:
    assert post({"origin": "null", "sec-fetch-site": "same-origin"}).status_code == 200


@pytest.mark.parametrize("place", ["cross-site", "same-site", "none"])
def test_a_hidden_origin_of_another_site_is_refused(site: Settings, place: str) -> None:
    assert post({"origin": "null", "sec-fetch-site": place}).status_code == 403


def test_the_port_may_be_missing_from_the_host_that_a_proxy_passes_on(site: Settings) -> None:
    site.SITE_URL = f"{SITE}:8443"

    assert post({"origin": f"{SITE}:8443", "sec-fetch-site": "same-origin"}).status_code == 200


def test_a_flood_of_such_forms_is_logged_once(site: Settings, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(20):
        post({"origin": HTTPS})

    assert len([record for record in caplog.records if record.name.startswith("quo_admin")]) == 1
