from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import timezone
from django.utils.dateformat import format as formatted
from pytest_django import Settings

from accounts.roles import Role
from numbers.memory.sync_target import SyncTarget
from numbers.models import LastRun, Sync
from numbers.quo.errors import from_answer
from quo_admin import __version__, env
from tests.support.pages import (
    PageClient,
    attribute,
    client_with_role,
    find_one,
    notices_of,
    parse_page,
    sync_all,
    sync_failure,
    sync_incomplete,
    sync_number,
    sync_raw,
    text_of,
    texts,
)
from tests.support.quo_answers import number

STATUS = "/status/"


def rows(manager: PageClient, path: str = STATUS) -> list[Any]:
    return parse_page(manager.get(path)).css("[data-sync]")


def settings_on(admin: PageClient) -> dict[str, str]:
    table = parse_page(admin.get(STATUS)).css("section")[-1]
    return {text_of(find_one(row, "th")): text_of(row.css("td")[0]) for row in table.css("tbody tr")}


def test_before_the_first_sync_the_page_says_so(manager: PageClient) -> None:
    assert "No sync has run yet." in notices_of(parse_page(manager.get(STATUS)))


def test_a_sync_is_shown_with_time_scope_and_result(manager: PageClient) -> None:
    sync = sync_all(number("PN1"), number("PN2"), ago=timedelta(hours=3))

    row = rows(manager)[0]

    assert texts(row.css("th, td")) == [
        formatted(sync.started_at, "M j, Y, g:i A"),
        "every number",
        "succeeded",
        "2",
        "2",
        "0",
        "0",
        "0",
    ]


def test_the_newest_sync_comes_first(manager: PageClient) -> None:
    old = sync_all(number("PN1"), ago=timedelta(hours=1))
    new = sync_all(number("PN1"))

    assert [attribute(row, "data-sync") for row in rows(manager)] == [str(new.pk), str(old.pk)]


def test_changed_and_gone_numbers_are_counted(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2"), number("PN3"))
    sync_all(number("PN1", name="Renamed"), number("PN3"))

    assert texts(rows(manager)[0].css("td.count")) == ["2", "0", "1", "1", "0"]


def test_a_sync_of_one_number_names_it(manager: PageClient) -> None:
    sync_number(number("PN1"))

    assert text_of(rows(manager)[0].css("td")[0]) == "one number PN1"


def test_a_failed_sync_shows_advice_and_quos_message(manager: PageClient) -> None:
    body = b'{"message": "Key revoked", "code": "0400401", "trace": "tr-9"}'
    sync = sync_failure(from_answer(401, body, resource="teammate"), SyncTarget(Sync.Scope.TEAMMATE, "US1"))

    outcome = find_one(rows(manager)[0], ".outcome")

    assert text_of(outcome) == (
        f"failed {sync.error_sentence} Status 401. Code 0400401. Trace tr-9. Quo said: “Key revoked”"
    )


def test_unreadable_records_are_shown_with_their_positions(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", id=42), number("PN3", users="nobody"), number("PN4", id=None))

    row = rows(manager)[0]

    assert texts(row.css("td.count"))[-1] == "2"
    assert texts(row.css("details li")) == ["$.data[1]", "$.data[3]"]


def test_what_an_earlier_version_set_aside_is_shown_with_its_number(manager: PageClient) -> None:
    sync = sync_all(number("PN1"))
    place = {"path": "$.data[1].name", "reason": "Expected `str`, got `int`", "number": "PN2"}
    Sync.objects.filter(pk=sync.pk).update(set_aside_count=1, set_aside=[place])

    assert texts(rows(manager)[0].css("details li")) == ["$.data[1].name (PN2)"]


def test_of_many_unreadable_records_the_first_are_shown_and_all_counted(manager: PageClient) -> None:
    sync_all(*[number(id=place) for place in range(130)])

    row = rows(manager)[0]

    assert len(row.css("details li")) == 100
    assert "These are the first 100 of 130." in text_of(row)


def test_oddities_of_an_answer_are_shown(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN1"))

    assert "Quo lists the number PN1 more than once; the last entry counts." in text_of(rows(manager)[0])


def test_an_implausible_answer_is_shown(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place}") for place in range(12)])
    sync_incomplete(number("PN1"))

    assert "11 known numbers missing from the answer, and kept." in text_of(rows(manager)[0])


def test_running_and_interrupted_syncs_are_shown(manager: PageClient) -> None:
    sync = sync_all(number("PN1"))
    Sync.objects.create(scope=Sync.Scope.WORKSPACE, started_at=sync.started_at + timedelta(seconds=1))

    assert [attribute(row, "data-outcome") for row in rows(manager)] == ["running", "succeeded"]
    assert "If it was stopped, the next sync says so here." in text_of(rows(manager)[0])


def test_a_running_sync_is_later_shown_as_finished(manager: PageClient) -> None:
    """The page is cached until the latest sync changes."""
    sync = sync_all(number("PN1"))
    last = Sync.objects.create(scope=Sync.Scope.WORKSPACE, started_at=sync.started_at + timedelta(seconds=1))
    assert attribute(rows(manager)[0], "data-outcome") == "running"

    last.outcome, last.ended_at = Sync.Outcome.FAILED, last.started_at + timedelta(seconds=1)
    last.save()

    assert attribute(rows(manager)[0], "data-outcome") == "failed"


def test_the_pages_together_have_every_sync_once(manager: PageClient) -> None:
    for _ in range(103):
        sync_all()

    ids = [attribute(row, "data-sync") for page in (1, 2, 3) for row in rows(manager, f"{STATUS}?page={page}")]

    assert ids == [str(sync.pk) for sync in Sync.objects.order_by("-started_at", "-pk")]


def test_older_and_newer_links_walk_through_the_pages(manager: PageClient) -> None:
    for _ in range(51):
        sync_all()

    assert texts(parse_page(manager.get(STATUS)).css("nav.pages a")) == ["Older"]
    second = parse_page(manager.get(f"{STATUS}?page=2"))
    assert texts(second.css("nav.pages a")) == ["Newer"]
    assert text_of(find_one(second, "nav.pages span")) == "Page 2 of 2"


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("page=0", "“0” is no page, so the first one is shown."),
        ("page=x", "“x” is no page, so the first one is shown."),
        ("page=-1", "“-1” is no page, so the first one is shown."),
        ("page=99", "There is no page 99, so the last one is shown."),
        ("q=1", "“q” means nothing here and was ignored."),
    ],
)
def test_invalid_parameters_are_reported_and_ignored(manager: PageClient, query: str, notice: str) -> None:
    newest = [sync_all() for _ in range(51)][-1]

    page = parse_page(manager.get(f"{STATUS}?{query}"))

    assert notices_of(page) == [notice]
    values = [attribute(row, "data-sync") for row in page.css("[data-sync]")]
    assert (values[0] == str(newest.pk)) is (query != "page=99")


def test_the_page_shows_the_age_of_the_copy_and_can_sync(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(STATUS))

    assert attribute(find_one(page, "[data-freshness]"), "data-freshness") == "fresh"
    assert not page.css("#check-form [name=number], #check-form [name=user]")
    assert attribute(find_one(page, "#check-form [name=next]"), "value") == STATUS


def test_the_running_version_is_shown(admin: PageClient) -> None:
    assert f"Quo Admin {__version__}" in text_of(parse_page(admin.get(STATUS)).css("section")[-1])


def test_every_setting_is_shown_with_its_source(admin: PageClient) -> None:
    values = settings_on(admin)

    assert list(values) == [setting.name for setting in env.SETTINGS]
    assert all(values.values())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_only_administrators_see_settings(db: None, role: Role) -> None:
    page = client_with_role(role).get(STATUS).content.decode()

    assert f"Quo Admin {__version__}. Administrators also see its settings here." in page
    assert "DATA_DIR" not in page
    assert str(live.DATA_DIR) not in page


def test_the_effective_settings_are_shown(admin: PageClient) -> None:
    values = settings_on(admin)

    assert values["QUO_API_URL"] == "https://api.quo.com"
    assert values["QUO_API_KEY"] == "set"
    assert values["SECRET_KEY"] == "set"
    assert values["SITE_URL"] == live.SITE_URL
    assert values["DEBUG"] == "off"
    assert values["SYNC_INTERVAL"] == str(live.SYNC_INTERVAL)


def test_the_database_is_shown_without_its_password(admin: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "db.example", "USER": "dbuser", "PASSWORD": "db-secret", "NAME": "quo"}.items():
        monkeypatch.setitem(connection.settings_dict, name, value)

    values = settings_on(admin)["DATABASE_URL"]

    assert values == f"{connection.display_name} on db.example, quo"


def test_the_demo_workspace_is_shown_instead_of_quo(admin: PageClient, settings: Settings) -> None:
    settings.DEMO = True

    assert settings_on(admin)["QUO_API_URL"] == "the demo workspace, on this machine"


def test_records_that_are_not_numbers_are_counted_as_unreadable(manager: PageClient) -> None:
    sync_raw('{"id": "PN1"}', "null", "[]", '{"id": "US1"}')

    assert texts(rows(manager)[0].css("td.count")) == ["1", "1", "0", "0", "3"]


def test_the_list_of_syncs_refreshes_after_each_sync(manager: PageClient) -> None:
    syncs = find_one(parse_page(manager.get(f"{STATUS}?page=1")), "#syncs")

    assert attribute(syncs, "hx-trigger") == "synced from:body"
    assert attribute(syncs, "hx-get") == f"{STATUS}?page=1"
    assert attribute(syncs, "hx-select") == "#syncs"


# Backups and timers


@pytest.fixture
def failed_backup(db: None) -> LastRun:
    now = timezone.now()
    return LastRun.objects.create(
        command=LastRun.Command.BACKUP,
        ended_at=now - timedelta(hours=1),
        failure="There is no folder /srv/backups: make it first.",
        succeeded_at=now - timedelta(hours=25),
    )


def runs(client: PageClient) -> dict[str, list[str]]:
    found = parse_page(client.get(STATUS)).css("[data-run]")
    return {str(attribute(row, "data-run")): texts(row.css("th, td")) for row in found}


def test_backups_and_timers_that_never_ran_say_so(manager: PageClient) -> None:
    assert runs(manager) == {
        "sync": ["Sync by a timer", "never", ""],
        "backup": ["Backup", "never", ""],
        "verify": ["Verification", "never", ""],
    }


def test_a_good_backup_is_shown_with_its_time(manager: PageClient, failed_backup: LastRun) -> None:
    LastRun.objects.update(failure="", succeeded_at=failed_backup.ended_at)

    assert runs(manager)["backup"] == ["Backup", formatted(failed_backup.ended_at, "M j, Y, g:i A"), "succeeded"]


def test_administrators_see_why_a_backup_failed_and_which_was_the_last_good_one(
    admin: PageClient, failed_backup: LastRun
) -> None:
    day_before = formatted(failed_backup.ended_at - timedelta(days=1), "M j, Y, g:i A")

    assert runs(admin)["backup"] == [
        "Backup",
        formatted(failed_backup.ended_at, "M j, Y, g:i A"),
        f"failed {failed_backup.failure} The last good one ended {day_before}.",
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_nobody_else_sees_why_a_backup_failed(failed_backup: LastRun, role: Role) -> None:
    client = client_with_role(role, "lin@example.com")

    assert runs(client)["backup"][2].startswith("failed Administrators see here why. The last good one ended ")
    assert "/srv/backups" not in client.get(STATUS).content.decode()


def test_a_backup_that_never_succeeded_says_so(manager: PageClient, failed_backup: LastRun) -> None:
    LastRun.objects.update(succeeded_at=None)

    assert runs(manager)["backup"][2].endswith("None has succeeded yet.")


def test_an_old_backup_is_overdue(manager: PageClient, failed_backup: LastRun) -> None:
    long_ago = timezone.now() - timedelta(days=9)
    LastRun.objects.update(failure="", ended_at=long_ago, succeeded_at=long_ago)

    assert runs(manager)["backup"][2] == "succeeded overdue: look at its timer"
