"""The access log: what is written into it, that nobody edits it, and who reads it."""

import errno
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as in_force
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import Settings

from accounts import access
from accounts.access import Event, forget_old
from accounts.models import AccessEvent, User
from accounts.models.access import NeverEdited
from accounts.roles import Role, give_role
from tests.support.accounts import ADMIN_EMAIL, EMAIL, NEW, PASSWORD, sign_in
from tests.support.company_sign_in import sign_in_by_company
from tests.support.oidc_provider import Provider
from tests.support.pages import attribute, notices_of, of_role, one, parsed, remember, texts, words
from tests.support.quo_answers import number
from tests.support.second_steps import HOSTILE, PASSKEY

PAGE = "/status/access/"


def lines() -> list[tuple[str, str, str]]:
    """What is written, the oldest first: what happened, who, and the detail."""
    return list(AccessEvent.objects.order_by("pk").values_list("event", "email", "detail"))


@pytest.fixture
def admin(db: None) -> Client:
    return of_role(Role.ADMINISTRATOR, ADMIN_EMAIL)


@pytest.fixture
def written(admin: Client) -> Callable[..., None]:
    AccessEvent.objects.drop_before(timezone.now() + timedelta(days=1))

    def write(email: str = EMAIL, event: AccessEvent.Event = Event.SIGNED_IN, **fields: Any) -> None:
        AccessEvent.objects.create(**{"at": timezone.now(), "event": event, "email": email, **fields})

    return write


# What is written


def test_a_sign_in_is_written(client: Client, user: User) -> None:
    sign_in(client)

    event = AccessEvent.objects.get()
    assert (event.event, event.email, event.user_id, event.address) == ("signed_in", EMAIL, user.pk, "127.0.0.1")
    assert abs(event.at - timezone.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_a_failed_sign_in_is_written_with_the_email_and_without_the_password(
    client: Client, user: User, email: str
) -> None:
    sign_in(client, email, "a wrong secret")

    assert lines() == [("sign_in_failed", email, "")]
    assert AccessEvent.objects.get().user_id is None


def test_who_is_made_to_wait_is_written_once(client: Client, user: User) -> None:
    for _ in range(12):
        sign_in(client, password="wrong")

    events = [event for event, *_ in lines()]
    assert events.count("sign_in_limited") == 1
    assert events[-1] == "sign_in_limited"


def test_of_two_addresses_that_are_made_to_wait_each_is_written(user: User) -> None:
    for address in ("203.0.113.1", "203.0.113.2"):
        for _ in range(6):
            sign_in(Client(REMOTE_ADDR=address), password="wrong")

    limited = AccessEvent.objects.filter(event=Event.SIGN_IN_LIMITED).order_by("pk")
    assert list(limited.values_list("address", flat=True)) == ["203.0.113.1", "203.0.113.2"]


def test_a_sign_in_by_company_account_is_written_as_such(client: Client, user: User, provider: Provider) -> None:
    sign_in_by_company(client)

    assert lines() == [("signed_in", EMAIL, "company account")]


def test_why_a_company_account_did_not_come_in_is_written(client: Client, provider: Provider, db: None) -> None:
    sign_in_by_company(client)

    assert lines() == [("sign_in_failed", EMAIL, "company account: no account")]


def test_an_account_that_company_sign_in_makes_is_written(
    client: Client, provider: Provider, settings: Settings, db: None
) -> None:
    settings.OIDC_DOMAINS = frozenset({"example.com"})

    sign_in_by_company(client)

    assert lines()[0] == ("account_changed", EMAIL, f"{EMAIL} made by company sign-in, a viewer")


def test_passkeys_that_let_nobody_in_are_written_once(client: Client, db: None, settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8000"
    for _ in range(3):
        client.post(PASSKEY, {"credential": HOSTILE[0]})

    assert lines() == [("sign_in_failed", "unknown", "passkey")]


def test_passkeys_that_let_nobody_in_are_written_for_each_address(db: None, settings: Settings) -> None:
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
def test_what_is_done_on_the_server_is_written(user: User, command: str, line: tuple[str, str]) -> None:
    call_command(command, EMAIL)

    assert lines() == [(line[0], "somebody on the server", line[1])]


def test_a_password_changed_on_the_server_is_written(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW)

    call_command("changepassword", EMAIL, stdout=StringIO())

    assert lines() == [("account_changed", "somebody on the server", f"{EMAIL} changed: password")]


def test_an_administrator_made_on_the_server_is_written(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", email=ADMIN_EMAIL, interactive=False, stdout=StringIO())

    assert lines() == [("account_changed", "somebody on the server", f"{ADMIN_EMAIL} made, an administrator")]


def test_a_sign_out_is_written(client: Client, user: User) -> None:
    client.force_login(user)
    client.post("/accounts/logout/")

    assert lines()[-1] == ("signed_out", EMAIL, "")


def test_a_changed_password_is_written(client: Client, user: User) -> None:
    sign_in(client)
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert ("password_changed", EMAIL, "") in lines()


@pytest.mark.parametrize("path", ["/numbers.csv?calling_us=allowed", "/teammates.json", "/audit.xlsx"])
def test_an_export_is_written_with_what_it_was(admin: Client, path: str) -> None:
    b"".join(admin.get(path).streaming_content)  # type: ignore[attr-defined]

    assert lines()[-1] == ("exported", ADMIN_EMAIL, path)


def test_looking_at_an_export_without_taking_it_is_not_written(admin: Client) -> None:
    admin.head("/numbers.csv")

    assert lines()[-1][0] == "signed_in"


@pytest.mark.parametrize(
    ("form", "detail"), [({}, "every number"), ({"number": "PN1"}, "PN1"), ({"user": "US1"}, "US1")]
)
@override_settings(DEMO=True)
def test_who_asks_quo_is_written_whatever_comes_of_it(admin: Client, form: dict[str, str], detail: str) -> None:
    admin.post("/sync/", form)

    assert lines()[-1] == ("asked_quo", ADMIN_EMAIL, detail)


@override_settings(DEMO=True)
def test_an_open_page_that_has_quo_asked_by_itself_is_written_once_an_hour(admin: Client) -> None:
    for number_id in ("PN1", "PN2"):
        admin.post("/sync/", {"auto": "1", "number": number_id})

    assert [line for line in lines() if line[0] == "asked_quo"] == [("asked_quo", ADMIN_EMAIL, "PN1, by an open page")]


@override_settings(DEMO=True)
def test_the_open_pages_of_two_people_are_written_for_each(admin: Client) -> None:
    for browser in (admin, of_role(Role.MANAGER, EMAIL)):
        browser.post("/sync/", {"auto": "1", "number": "PN1"})

    assert [email for event, email, _ in lines() if event == "asked_quo"] == [ADMIN_EMAIL, EMAIL]


@override_settings(DEMO=True)
def test_an_open_page_that_has_nothing_to_ask_is_not_written(admin: Client) -> None:
    remember(number("PN1"))

    admin.post("/sync/", {"auto": "1"})

    assert lines()[-1][0] == "signed_in"


@override_settings(DEMO=True)
def test_asking_by_hand_is_written_every_time(admin: Client) -> None:
    for _ in range(2):
        admin.post("/sync/")

    assert [event for event, *_ in lines()][-2:] == ["asked_quo", "asked_quo"]


def test_a_made_account_is_written(admin: Client) -> None:
    form = {"email": EMAIL, "name": "", "role": "viewer", "password1": NEW, "password2": NEW}
    admin.post("/admin/accounts/user/add/", form)

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} made, no role → viewer")


def test_a_changed_account_is_written_with_its_roles(admin: Client, user: User) -> None:
    give_role(user, Role.VIEWER)
    form = {"email": EMAIL, "name": "Ann", "role": "manager", "is_active": "on"}
    admin.post(f"/admin/accounts/user/{user.pk}/change/", form)

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} changed: name, role, viewer → manager")


def test_a_password_set_for_somebody_is_written_without_the_password(admin: Client, user: User) -> None:
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin.post(f"/admin/accounts/user/{user.pk}/password/", form)

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} changed: password")


def test_a_deleted_account_is_written_and_its_lines_stay(admin: Client, user: User) -> None:
    sign_in(Client())
    admin.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})

    assert lines()[-1] == ("account_changed", ADMIN_EMAIL, f"{EMAIL} deleted")
    assert ("signed_in", EMAIL, "password") in lines()


@override_settings(TRUSTED_PROXIES=())
def test_an_address_that_a_visitor_makes_up_is_not_written(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.1"})

    assert AccessEvent.objects.get().address == "127.0.0.1"


def test_behind_our_proxy_the_visitors_address_is_written(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, headers={"X-Forwarded-For": "192.0.2.1"})

    assert AccessEvent.objects.get().address == "192.0.2.1"


def test_a_log_that_cannot_be_written_keeps_nobody_out(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_fields: Any) -> None:
        raise DatabaseError(f"with {EMAIL} in its text")

    monkeypatch.setattr(AccessEvent.objects, "create", fail)

    assert sign_in(client).status_code == 302
    assert caplog.messages == ["the access log cannot be written: DatabaseError"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL lets nobody wait for another writer")
def test_a_line_waits_for_another_writer_for_seconds_only(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = []

    def create(**_fields: Any) -> None:
        with connection.cursor() as cursor:
            waits.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])

    monkeypatch.setattr(AccessEvent.objects, "create", create)
    sign_in(client)

    assert waits == [access.PATIENCE]


# That nobody edits it


def test_a_line_is_neither_changed_nor_deleted_by_this_program(written: Callable[..., None]) -> None:
    written()
    line = AccessEvent.objects.get()

    for delete in (line.delete, AccessEvent.objects.all().delete):
        with pytest.raises(NeverEdited):
            delete()
    for change in (line.save, lambda: AccessEvent.objects.update(email="x")):
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            change()


def test_a_line_is_not_changed_by_who_has_the_database_either(written: Callable[..., None]) -> None:
    written()

    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_accessevent SET email = 'somebody else'")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about a way to write that only SQLite has")
def test_a_line_is_not_replaced_by_who_has_the_database_either(written: Callable[..., None]) -> None:
    written()
    replace = (
        "INSERT OR REPLACE INTO accounts_accessevent (id, at, event, email, address, detail) "
        "SELECT id, at, event, 'somebody else', address, detail FROM accounts_accessevent"
    )

    with pytest.raises(DatabaseError, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(replace)


def test_no_page_of_the_administration_edits_it(admin: Client) -> None:
    assert admin.get("/admin/accounts/accessevent/").status_code == 404


def test_a_line_goes_after_its_time(written: Callable[..., None]) -> None:
    kept = timedelta(days=in_force.ACCESS_LOG_DAYS)
    written("old@example.com", at=timezone.now() - kept - timedelta(minutes=1))
    written("young@example.com", at=timezone.now() - kept + timedelta(minutes=1))

    assert forget_old() == 1
    assert [email for _, email, _ in lines()] == ["young@example.com"]


@pytest.fixture
def outlived(db: None) -> None:
    """A line whose time is over."""
    AccessEvent.objects.create(at=timezone.now() - timedelta(days=in_force.ACCESS_LOG_DAYS + 1), event="signed_in")


def test_the_first_line_of_a_day_drops_what_is_old(client: Client, user: User, outlived: None) -> None:
    sign_in(client)

    assert [email for _, email, _ in lines()] == [EMAIL]


def test_a_line_whose_time_is_over_is_not_shown_even_where_it_is_there(admin: Client, outlived: None) -> None:
    assert AccessEvent.objects.count() == 2
    assert len(rows(admin.get(PAGE))) == 1


def test_where_the_disk_is_full_lines_are_written_all_the_same(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> bool:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache, "add", full)
    access.record(Event.SIGNED_OUT, None, user=user)

    assert lines() == [("signed_out", EMAIL, "")]


# Its page


def rows(response: Any) -> list[str]:
    return texts(parsed(response).css("tbody tr"))


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.MANAGER])
def test_only_administrators_read_it(db: None, role: Role | None) -> None:
    assert of_role(role).get(PAGE).status_code == 403


def test_the_newest_line_is_first(admin: Client, written: Callable[..., None]) -> None:
    written("first@example.com", at=timezone.now() - timedelta(hours=1))
    written("second@example.com", address="192.0.2.1", event=Event.EXPORTED, detail="/numbers.csv")

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
def test_lines_are_found_by_person_address_what_was_done_and_kind(
    admin: Client, written: Callable[..., None], query: str, found: list[str]
) -> None:
    written("first@example.com")
    written("second@example.com", event=Event.EXPORTED, address="192.0.2.1", detail="/numbers.csv")

    emails = [
        words(cell).removesuffix("@example.com") for cell in parsed(admin.get(f"{PAGE}?{query}")).css("td:nth-child(2)")
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
def test_a_query_that_cannot_be_meant_is_named(
    admin: Client, written: Callable[..., None], query: str, notice: str
) -> None:
    written()

    assert notice in notices_of(parsed(admin.get(f"{PAGE}?{query}")))[0]


def test_pages_lead_on_and_keep_what_was_asked_for(admin: Client, written: Callable[..., None]) -> None:
    for place in range(101):
        written(f"person{place}@example.com")

    page = parsed(admin.get(f"{PAGE}?q=person"))
    onward = attribute(one(page, "a[rel=next]"), "href")

    assert onward == "?q=person&page=2"
    assert len(rows(admin.get(PAGE + onward))) == 1


def test_an_empty_log_says_so(admin: Client, written: Callable[..., None]) -> None:
    assert "Nothing is written here yet" in words(parsed(admin.get(PAGE)))
    assert "No line fits" in words(parsed(admin.get(f"{PAGE}?q=x")))


def test_hostile_text_stays_text(admin: Client, written: Callable[..., None]) -> None:
    written("<script>alert(1)</script>", detail="<img src=x onerror=alert(1)>", address="<b>")

    page = parsed(admin.get(PAGE))

    assert not page.css("main script, main img, td b")


def test_the_status_page_leads_to_it_for_administrators_only(admin: Client) -> None:
    assert parsed(admin.get("/status/")).css(f'a[href="{PAGE}"]')
    assert not parsed(of_role(Role.MANAGER).get("/status/")).css(f'a[href="{PAGE}"]')
