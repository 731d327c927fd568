"""Django's settings as derived from ours, mostly from SITE_URL."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as in_force
from django.test import Client
from django.utils import timezone

from quo_admin import env, parsers
from tests.support import settings_read as evaluating
from tests.support.settings_read import Evaluate

evaluate = evaluating.evaluate

SECURITY = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
)


@pytest.fixture
def at_https(evaluate: Evaluate, settings: Any) -> None:
    values = evaluate(SITE_URL="https://phones.example.com")
    for name in SECURITY:
        setattr(settings, name, values[name])


# The address


def test_the_default_address_is_this_machine_with_the_port(evaluate: Evaluate) -> None:
    assert evaluate(PORT="9000")["SITE_URL"] == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("host", "opened"),
    [
        ("127.0.0.2", "127.0.0.2"),
        ("::1", "[::1]"),
        ("10.0.0.7", "10.0.0.7"),
        ("phones.internal", "phones.internal"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - nothing listens
        ("::", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("my_office", "127.0.0.1"),  # no browser opens it
    ],
)
def test_the_default_address_is_the_one_it_listens_on(evaluate: Evaluate, host: str, opened: str) -> None:
    assert evaluate(HOST=host, PORT="8003", DEMO="on")["SITE_URL"] == f"http://{opened}:8003"


def test_the_default_address_leaves_out_the_usual_port(evaluate: Evaluate) -> None:
    assert evaluate(PORT="80")["SITE_URL"] == "http://127.0.0.1"


@pytest.mark.parametrize(
    ("site_url", "hosts"),
    [
        ("http://127.0.0.1:8000", ["127.0.0.1", "localhost", "[::1]"]),
        ("http://localhost", ["127.0.0.1", "localhost", "[::1]"]),
        ("http://[::1]:8000", ["127.0.0.1", "localhost", "[::1]"]),
        ("https://phones.example.com", ["phones.example.com"]),
        ("http://phones.example.com:9000", ["phones.example.com"]),
        ("http://[2001:db8::5]:9000", ["[2001:db8::5]"]),
    ],
)
def test_only_the_sites_own_hosts_are_allowed(evaluate: Evaluate, site_url: str, hosts: list[str]) -> None:
    assert evaluate(SITE_URL=site_url)["ALLOWED_HOSTS"] == hosts


@pytest.mark.parametrize(
    ("site_url", "origin"),
    [
        ("https://phones.example.com:443/", "https://phones.example.com"),
        ("http://phones.example.com:9000", "http://phones.example.com:9000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_forms_are_accepted_from_the_sites_own_origin(evaluate: Evaluate, site_url: str, origin: str) -> None:
    assert evaluate(SITE_URL=site_url)["CSRF_TRUSTED_ORIGINS"] == [origin]


def test_with_https_cookies_are_secure_and_hsts_is_on(evaluate: Evaluate) -> None:
    values = evaluate(SITE_URL="https://phones.example.com")
    assert values["SECURE_SSL_REDIRECT"]
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
    assert values["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600


def test_without_https_cookies_are_not_secure_and_hsts_is_off(evaluate: Evaluate) -> None:
    values = evaluate()
    assert not values["SECURE_SSL_REDIRECT"]
    assert not values["SESSION_COOKIE_SECURE"]
    assert not values["CSRF_COOKIE_SECURE"]
    assert values["SECURE_HSTS_SECONDS"] == 0


def test_with_https_cookies_belong_to_this_host_alone(evaluate: Evaluate) -> None:
    values = evaluate(SITE_URL="https://phones.example.com")

    for cookie in ("SESSION", "CSRF", "PASSKEY"):
        assert values[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
    assert values["SESSION_COOKIE_SECURE"]
    assert values["CSRF_COOKIE_SECURE"]
    assert not evaluate()["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize(("value", "expected"), [("on", True), ("off", False)])
def test_hsts_for_subdomains_is_a_setting(evaluate: Evaluate, value: str, expected: bool) -> None:
    assert evaluate(HSTS_SUBDOMAINS=value)["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is expected
    assert evaluate()["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is False


def test_two_copies_on_one_machine_have_different_cookies(evaluate: Evaluate) -> None:
    one, other = evaluate(PORT="8000"), evaluate(PORT="9000")
    assert one["SESSION_COOKIE_NAME"] != other["SESSION_COOKIE_NAME"]
    assert one["CSRF_COOKIE_NAME"] != other["CSRF_COOKIE_NAME"]


@pytest.mark.usefixtures("at_https")
def test_http_redirects_to_https() -> None:
    answer = Client().get("/numbers/?q=front", headers={"host": "phones.example.com"})
    assert (answer.status_code, answer["Location"]) == (301, "https://phones.example.com/numbers/?q=front")


@pytest.mark.django_db
@pytest.mark.usefixtures("at_https")
def test_https_is_served_with_hsts() -> None:
    answer = Client().get("/accounts/login/", headers={"host": "phones.example.com"}, secure=True)
    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.cookies["csrftoken_8000"]["secure"]


@pytest.mark.usefixtures("at_https")
def test_another_host_is_refused() -> None:
    assert Client().get("/accounts/login/", headers={"host": "evil.example"}, secure=True).status_code == 400


@pytest.mark.django_db
@pytest.mark.usefixtures("at_https")
@pytest.mark.parametrize("host", ["10.0.0.7:8000", "evil.example", "no host at all"])
def test_the_health_check_answers_for_any_host_and_without_https(host: str) -> None:
    assert Client().get("/healthz", headers={"host": host}).status_code == 200


# Storage


def test_the_demo_has_its_own_database(evaluate: Evaluate, tmp_path: Path) -> None:
    assert evaluate()["DATABASES"]["default"]["NAME"] == tmp_path / "demo.sqlite3"
    assert evaluate(QUO_API_KEY="the-key")["DATABASES"]["default"]["NAME"] == tmp_path / "quo-admin.sqlite3"


@pytest.mark.parametrize("url", ["", "sqlite:////a/file?timeout=1"])
def test_sqlite_is_set_up_for_several_processes(evaluate: Evaluate, url: str) -> None:
    options = evaluate(DATABASE_URL=url)["DATABASES"]["default"]["OPTIONS"]
    assert "journal_mode=WAL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"


def test_postgresql_connections_persist_and_time_out_soon(evaluate: Evaluate) -> None:
    database = evaluate(DATABASE_URL="postgres://mara@db/quo?sslmode=require")["DATABASES"]["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    waits = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3}
    assert database["OPTIONS"] == {**waits, "tcp_user_timeout": 15_000, "sslmode": "require"}


def test_a_timeout_in_the_database_url_is_used(evaluate: Evaluate) -> None:
    database = evaluate(DATABASE_URL="postgres://mara@db/quo?connect_timeout=30")["DATABASES"]["default"]
    assert database["OPTIONS"]["connect_timeout"] in {30, "30"}


def test_a_secret_key_that_is_set_is_used(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("kept")
    assert evaluate(SECRET_KEY="set" * 11)["SECRET_KEY"] == "set" * 11


def test_the_stored_secret_key_is_used_if_none_is_set(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("kept\n")
    assert evaluate(SECRET_KEY="")["SECRET_KEY"] == "kept"


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_without_a_secret_key_nothing_starts(evaluate: Evaluate, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "secret-key").write_bytes(content)
    with pytest.raises(env.SettingsError, match=r"There is no SECRET_KEY that can be read in .*: run `make setup`"):
        evaluate(SECRET_KEY="")


# The rest


def test_debug_is_off_by_default(evaluate: Evaluate) -> None:
    assert evaluate()["DEBUG"] is False
    assert evaluate(DEBUG="on")["DEBUG"] is True


def test_the_cache_is_large_enough_for_the_sign_in_limits_of_an_office(evaluate: Evaluate) -> None:
    assert evaluate()["CACHES"]["default"]["OPTIONS"]["MAX_ENTRIES"] == 10_000


def test_redis_has_a_key_prefix_short_timeouts_and_no_unpickling(
    evaluate: Evaluate,
) -> None:
    cache = evaluate(CACHE_URL="redis://mara:hunter2@cache.local")["CACHES"]["default"]
    assert (cache["LOCATION"], cache["KEY_PREFIX"]) == ("redis://cache.local:6379/0", "quo-admin")
    assert (cache["OPTIONS"]["username"], cache["OPTIONS"]["password"]) == ("mara", "hunter2")
    assert max(cache["OPTIONS"]["socket_connect_timeout"], cache["OPTIONS"]["socket_timeout"]) <= 2
    assert cache["OPTIONS"]["serializer"] == "django.core.signing.JSONSerializer"  # Django's default unpickles


def test_redis_trusts_the_certificates_that_requests_trusts(evaluate: Evaluate, tmp_path: Path) -> None:
    def options(url: str, certificates: str) -> dict[str, Any]:
        found: dict[str, Any] = evaluate(CACHE_URL=url, REQUESTS_CA_BUNDLE=certificates)["CACHES"]["default"]["OPTIONS"]
        return {name: value for name, value in found.items() if name.startswith("ssl")}

    assert options("rediss://cache.local", "/etc/office.pem") == {"ssl_ca_certs": "/etc/office.pem"}
    assert options("rediss://cache.local", str(tmp_path)) == {"ssl_ca_path": str(tmp_path)}
    assert options("redis://cache.local", "/etc/office.pem") == {}


@pytest.mark.parametrize("name", env.OF_REQUESTS)
def test_the_libraries_get_what_they_read_from_the_environment(
    evaluate: Evaluate, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "")
    file = tmp_path / "settings"
    file.write_text(f"{name}=from-the-file\n", encoding="utf-8")

    evaluate(ENV_FILE=str(file))

    assert os.environ[name] == "from-the-file"


def test_the_offices_time_zone_is_django_s(evaluate: Evaluate) -> None:
    assert evaluate(TIME_ZONE="America/New_York")["TIME_ZONE"] == "America/New_York"


def test_times_are_shown_in_the_offices_time_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    assert timezone.localtime().tzname() == "IST"


@pytest.mark.parametrize("name", ["US/Eastern", "America/New_York"])
def test_an_office_s_time_zone_that_this_machine_lacks_is_refused(
    evaluate: Evaluate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Django does not start with a time zone that is missing in this folder, even if the package tzdata has it."""
    monkeypatch.setattr(parsers, "SYSTEM_ZONES", tmp_path)

    with pytest.raises(env.SettingsError, match=r"^TIME_ZONE \(environment\) must be the name of a time zone"):
        evaluate(TIME_ZONE=name)


def test_pages_are_in_english_only() -> None:
    assert in_force.USE_I18N is False


@pytest.mark.parametrize("name", ["America/New_York", "US/Pacific", "Asia/Calcutta", "Europe/Kiev"])
def test_time_zones_are_known_on_a_machine_without_any(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some machines have no time zones, or not the former names that some browsers still report."""
    monkeypatch.setenv("PYTHONTZPATH", "")
    code = f"import zoneinfo; zoneinfo.ZoneInfo({name!r}); print({name!r} in zoneinfo.available_timezones())"

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (run.stdout, run.stderr) == ("True\n", "")
