"""The access log: what is recorded, that nobody can edit it, and its page."""

import errno
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from accounts import access
from accounts.access import Event, delete_expired
from accounts.models import AccessEvent, AppendOnlyError, User
from accounts.roles import Role, give_role
from tests.support.accounts import ADMIN_EMAIL, EMAIL, NEW, PASSWORD, sign_in
from tests.support.company_sign_in import sign_in_by_company
from tests.support.oidc_provider import Provider
from tests.support.pages import attribute, client_with_role, find_one, notices_of, parse_page, sync_all, text_of, texts
from tests.support.quo_answers import number
from tests.support.second_steps import HOSTILE, PASSKEY

PAGE = "/status/access/"


def lines() -> list[tuple[str, str, str]]:
    """Return the event, email and detail of each line, oldest first."""
    return list(AccessEvent.objects.order_by("pk").values_list("event", "email", "detail"))


@pytest.fixture
def admin(db: None) -> Client:
    return client_with_role(Role.ADMINISTRATOR, ADMIN_EMAIL)


@pytest.fixture
def write_line(admin: Client) -> Callable[..., None]:
    AccessEvent.objects.delete_before(timezone.now() + timedelta(days=1))

    def write(email: str = EMAIL, event: AccessEvent.Event = Event.SIGNED_IN, **fields: Any) -> None:
        AccessEvent.objects.create(**{"at": timezone.now(), "event": event, "email": email, **fields})

    return write


# What is recorded


def test_a_sign_in_is_recorded(client: Client, user: User) -> None:
    sign_in(client)

    event = AccessEvent.objects.get()
    assert (event.event, event.email, event.user_id, event.address) == ("signed_in", EMAIL, user.pk, "127.0.0.1")
    assert abs(event.at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_a_failed_sign_in_is_recorded_with_the_email_and_without_the_password(
    client: Client, user: User, email: str
) -> None:
    sign_in(client, email, "a wrong secret")

    assert lines() == [("sign_in_failed", email, "")]
    assert AccessEvent.objects.get().user_id is None


def test_a_rate_limited_sign_in_is_recorded_once(client: Client, user: User) -> None:
    for _ in range(12):
        sign_in(client, password="wrong")

    events = [event for event, *_ in lines()]
    assert events.count("sign_in_limited") == 1
    assert events[-1] == "sign_in_limited"


def test_rate_limited_sign_ins_are_recorded_for_each_address(user: User) -> None:
    for address in ("203.0.113.1", "203.0.113.2"):
        for _ in range(6):
            sign_in(Client(REMOTE_ADDR=address), password="wrong")

    limited = AccessEvent.objects.filter(event=Event.SIGN_IN_LIMITED).order_by("pk")
    assert list(limited.values_list("address", flat=True)) == ["203.0.113.1", "203.0.113.2"]


def test_a_company_sign_in_is_recorded_as_such(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)

    assert lines() == [("signed_in", EMAIL, "company account")]


def test_a_failed_company_sign_in_is_recorded_with_its_reason(client: Client, provider: Provider, db: None) -> None:
    sign_in_by_company(client)

    assert lines() == [("sign_in_failed", EMAIL, "company account: no account")]


def test_an_account_created_by_company_sign_in_is_recorded(
    client: Client, provider: Provider, settings: Settings, db: None
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})

    sign_in_by_company(client)

    assert lines()[0] == ("account_changed", EMAIL, f"{EMAIL} made by company sign-in, a viewer")


def test_failed_passkeys_are_recorded_once(client: Client, db: None, settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8000"
    for _ in range(3):
        client.post(PASSKEY, {"credential": HOSTILE[0]})

    assert lines() == [("sign_in_failed", "unknown", "passkey")]


def test_failed_passkeys_are_recorded_for_each_address(db: None, settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8000"
    for address in ("203.0.113.1", "203.0.113.2"):
        Client(REMOTE_ADDR=address).post(PASSKEY, {"credential": HOSTILE[0]})

    assert list(AccessEvent.objects.order_by("pk").values_list("address", flat=True)) == ["203.0.113.1", "203.0.113.2"]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("reset_mfa", ("security_changed", f"{EMAIL} second step taken away")),
        ("unlink_company", ("account_changed", f"{EMAIL} unlinked from the company account")),
    ],
)
def test_commands_on_the_server_are_recorded(user: User, command: str, line: tuple[str, str]) -> None:
    call_command(command, EMAIL)

    assert lines() == [(line[0], "somebody on the server", line[1])]


def test_a_password_changed_on_the_server_is_recorded(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW)

    call_command("changepassword", EMAIL, stdout=StringIO())

    assert lines() == [("account_changed", "somebody on the server", f"{EMAIL} changed: password")]


def test_an_administrator_created_on_the_server_is_recorded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", email=ADMIN_EMAIL, interactive=False, stdout=StringIO())

    assert lines() == [("account_changed", "somebody on the server", f"{ADMIN_EMAIL} made, an administrator")]


def test_a_sign_out_is_recorded(client: Client, user: User) -> None:
    client.force_login(user)
    client.post("/accounts/logout/")

    assert lines()[-1] == ("signed_out", EMAIL, "")


def test_a_changed_password_is_recorded(client: Client, user: User) -> None:
    sign_in(client)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert ("password_changed", EMAIL, "") in lines()


@pytest.mark.parametrize("path", ["/numbers.csv?calling_us=allowed", "/teammates.json", "/audit.xlsx"])
def test_an_export_is_recorded_with_its_address(admin: Client, path: str) -> None:
    b"".join(admin.get(path).streaming_content)  # type: ignore[attr-defined]

    assert lines()[-1] == ("exported", ADMIN_EMAIL, path)


def test_a_head_request_for_an_export_is_not_recorded(admin: Client) -> None:
    admin.head("/numbers.csv")

    assert lines()[-1][0] == "signed_in"


@pytest.mark.parametrize(
    ("form", "detail"), [({}, "every number"), ({"number": "PN1"}, "PN1"), ({"user": "US1"}, "US1")]
)
@override_settings(DEMO=True)
def test_a_sync_request_is_recorded_even_if_the_sync_fails(admin: Client, form: dict[str, str], detail: str) -> None:
    admin.post("/sync/", form)

    assert lines()[-1] == ("asked_quo", ADMIN_EMAIL, detail)


@override_settings(DEMO=True)
def test_automatic_syncs_of_open_pages_are_recorded_once_an_hour(admin: Client) -> None:
    for number_id in ("PN1", "PN2"):
        admin.post("/sync/", {"auto": "1", "number": number_id})

    assert [line for line in lines() if line[0] == "asked_quo"] == [("asked_quo", ADMIN_EMAIL, "PN1, by an open page")]


@override_settings(DEMO=True)
def test_automatic_syncs_are_recorded_for_each_user(admin: Client) -> None:
    for browser in (admin, client_with_role(Role.MANAGER, EMAIL)):
        browser.post("/sync/", {"auto": "1", "number": "PN1"})

    assert [email for event, email, _ in lines() if event == "asked_quo"] == [ADMIN_EMAIL, EMAIL]


@override_settings(DEMO=True)
def test_an_open_page_that_needs_no_sync_is_not_recorded(admin: Client) -> None:
    sync_all(number("PN1"))

    admin.post("/sync/", {"auto": "1"})

    assert lines()[-1][0] == "signed_in"


@override_settings(DEMO=True)
def test_every_manual_sync_is_recorded(admin: Client) -> None:
    for _ in range(2):
        admin.post("/sync/")

    assert [event for event, *_ in lines()][-2:] == ["asked_quo", "asked_quo"]


def test_a_created_account_is_recorded(admin: Client) -> None:
    form = {"email": EMAIL, "name": "", "role": "viewer", "password1": NEW, "password2": NEW}
    admin.post("/admin/accounts/user/add/", form)

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} made, no role → viewer")


def test_a_changed_account_is_recorded_with_its_roles(admin: Client, user: User) -> None:
    give_role(user, Role.VIEWER)
    form = {"email": EMAIL, "name": "Ann", "role": "manager", "is_active": "on"}
    admin.post(f"/admin/accounts/user/{user.pk}/change/", form)

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} changed: name, role, viewer → manager")


def test_a_password_set_by_an_administrator_is_recorded_without_the_password(admin: Client, user: User) -> None:
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin.post(f"/admin/accounts/user/{user.pk}/password/", form)

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} changed: password")


def test_a_deleted_account_is_recorded_and_its_lines_remain(admin: Client, user: User) -> None:
    sign_in(Client())
    admin.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} deleted")
    assert ("signed_in", EMAIL, "password") in lines()


@override_settings(TRUSTED_PROXIES=())
def test_a_forged_forwarded_address_is_not_recorded(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.1"})

    assert AccessEvent.objects.get().address == "127.0.0.1"


def test_behind_a_trusted_proxy_the_address_of_the_visitor_is_recorded(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.1"})

    assert AccessEvent.objects.get().address == "192.0.2.1"


def test_sign_in_works_if_the_log_cannot_be_written(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_fields: Any) -> None:
        raise DatabaseError(f"with {EMAIL} in its text")

    monkeypatch.setattr(AccessEvent.objects, "create", fail)

    assert sign_in(client).status_code == 302
    assert caplog.messages == ["the access log cannot be written: DatabaseError"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL writers do not block each other")
def test_writing_a_line_has_a_short_busy_timeout(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    timeouts = []

    def create(**_fields: Any) -> None:
        with connection.cursor() as cursor:
            timeouts.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    monkeypatch.setattr(AccessEvent.objects, "create", create)
    sign_in(client)

    assert timeouts == [access.BUSY_TIMEOUT]


# Nobody can edit it


def test_django_can_neither_change_nor_delete_a_line(write_line: Callable[..., None]) -> None:
    write_line()
    line = AccessEvent.objects.get()

    for delete in (line.delete, AccessEvent.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            delete()
    for change in (line.save, lambda: AccessEvent.objects.update(email="x")):
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            change()


def test_the_database_refuses_to_update_a_line(write_line: Callable[..., None]) -> None:
    write_line()

    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accessevent SET email = 'somebody else'")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has INSERT OR REPLACE")
def test_the_database_refuses_to_replace_a_line(write_line: Callable[..., None]) -> None:
    write_line()
    replace = (
        "INSERT OR REPLACE INTO accounts_accessevent (id, at, event, email, address, detail) "
        "SELECT id, at, event, 'somebody else', address, detail FROM accounts_accessevent"
    )

    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(replace)


def test_the_administration_has_no_page_for_it(admin: Client) -> None:
    assert admin.get("/admin/accounts/accessevent/").status_code == 404


def test_a_line_is_deleted_after_its_retention(write_line: Callable[..., None]) -> None:
    retention = timedelta(days=django_settings.ACCESS_LOG_DAYS)
    write_line("old@example.com", at=timezone.now() - retention - timedelta(minutes=1))
    write_line("young@example.com", at=timezone.now() - retention + timedelta(minutes=1))

    assert delete_expired() == 1
    assert [email for _, email, _ in lines()] == ["young@example.com"]


@pytest.fixture
def expired_line(db: None) -> None:
    """Create a line that is past its retention."""
    AccessEvent.objects.create(
        at=timezone.now() - timedelta(days=django_settings.ACCESS_LOG_DAYS + 1), event="signed_in"
    )


def test_the_first_line_of_a_day_deletes_expired_lines(client: Client, user: User, expired_line: None) -> None:
    sign_in(client)

    assert [email for _, email, _ in lines()] == [EMAIL]


def test_an_expired_line_is_not_shown_even_if_it_still_exists(admin: Client, expired_line: None) -> None:
    assert AccessEvent.objects.count() == 2
    assert len(rows(admin.get(PAGE))) == 1


def test_a_full_disk_of_the_cache_does_not_stop_the_log(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_arguments: Any) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "add", disk_full)
    access.record(Event.SIGNED_OUT, None, user=user)

    assert lines() == [("signed_out", EMAIL, "")]


# The page


def rows(response: Any) -> list[str]:
    return texts(parse_page(response).css("tbody tr"))


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.MANAGER])
def test_only_administrators_can_open_the_page(db: None, role: Role | None) -> None:
    assert client_with_role(role).get(PAGE).status_code == 403


def test_the_newest_line_is_first(admin: Client, write_line: Callable[..., None]) -> None:
    write_line("first@example.com", at=timezone.now() - timedelta(hours=1))
    write_line("second@example.com", address="192.0.2.1", event=Event.EXPORTED, detail="/numbers.csv")

    newest, oldest = rows(admin.get(PAGE))

    assert newest.endswith("second@example.com Exported /numbers.csv 192.0.2.1")
    assert "first@example.com" in oldest


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=SECOND", ["second"]),
        ("q=192.0", ["second"]),
        ("q=numbers.csv", ["second"]),
        ("event=signed_in", ["first"]),
        ("event=signed_in&q=second", []),
        ("", ["second", "first"]),
    ],
)
def test_lines_are_found_by_email_address_detail_and_event(
    admin: Client, write_line: Callable[..., None], query: str, found: list[str]
) -> None:
    write_line("first@example.com")
    write_line("second@example.com", event=Event.EXPORTED, address="192.0.2.1", detail="/numbers.csv")

    emails = [
        text_of(cell).removesuffix("@example.com")
        for cell in parse_page(admin.get(f"{PAGE}?{query}")).css("td:nth-child(2)")
    ]

    assert emails == found


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("event=nothing", "“nothing” is nothing that event can be"),
        ("page=x", "“x” is no page"),
        ("page=9", "There is no page 9, so the last one is shown."),
        ("q=%00", "holds characters that no text has"),
        ("sort=1", "“sort” means nothing here"),
    ],
)
def test_an_invalid_query_is_named_in_a_notice(
    admin: Client, write_line: Callable[..., None], query: str, notice: str
) -> None:
    write_line()

    assert notice in notices_of(parse_page(admin.get(f"{PAGE}?{query}")))[0]


def test_the_next_page_keeps_the_query(admin: Client, write_line: Callable[..., None]) -> None:
    for index in range(101):
        write_line(f"person{index}@example.com")

    page = parse_page(admin.get(f"{PAGE}?q=person"))
    next_page = attribute(find_one(page, "a[rel=next]"), "href")

    assert next_page == "?q=person&page=2"
    assert len(rows(admin.get(PAGE + next_page))) == 1


def test_an_empty_result_is_explained(admin: Client, write_line: Callable[..., None]) -> None:
    assert "Nothing is written here yet" in text_of(parse_page(admin.get(PAGE)))
    assert "No line fits" in text_of(parse_page(admin.get(f"{PAGE}?q=x")))


def test_hostile_text_is_escaped(admin: Client, write_line: Callable[..., None]) -> None:
    write_line("<script>alert(1)</script>", detail="<img src=x onerror=alert(1)>", address="<b>")

    page = parse_page(admin.get(PAGE))

    assert not page.css("main script, main img, td b")


def test_the_status_page_links_to_it_for_administrators_only(admin: Client) -> None:
    assert parse_page(admin.get("/status/")).css(f'a[href="{PAGE}"]')
    assert not parse_page(client_with_role(Role.MANAGER).get("/status/")).css(f'a[href="{PAGE}"]')
