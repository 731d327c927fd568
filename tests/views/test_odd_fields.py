"""An odd value in any field of Quo's answer costs neither the number nor a page, a file or a command."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from numbers import services
from numbers.history.changes import changes
from numbers.memory.moment import NOW
from numbers.memory.numbers import numbers_at
from numbers.memory.search.finding import search_numbers, search_teammates
from numbers.memory.sync_target import WORKSPACE
from numbers.memory.version import memory_version
from numbers.models import NumberState, Sync, Teammate
from numbers.operations.doctor import diagnose
from numbers.operations.invariants import breaches
from numbers.vocabulary.links import number_url, teammate_url
from tests.support.exported_files import csv_rows, download, json_records, raw_csv_rows, sheets
from tests.support.odd_fields import ODD_FIELDS, PATHS, OddField
from tests.support.pages import HTMX, LIST, PageClient, find_one, numbers_on, parse_page, sync_all, text_of, texts
from tests.support.quo_answers import number, user

JARGON = ("Expected `", "msgspec", "validat", "$.", "at `")
IDS = {odd.number_id for odd in ODD_FIELDS}
USER_IDS = {odd.user_id for odd in ODD_FIELDS if odd.user_id}
UNUSUAL = {odd.number_id for odd in ODD_FIELDS if odd.sentence()}
PAGES = (len(ODD_FIELDS) - 1) // 50 + 1


@pytest.fixture
def synced(request: pytest.FixtureRequest, db: None) -> Sync:
    """Return the sync of an answer with every odd field, after a usual answer unless the parameter is "first"."""
    if getattr(request, "param", "later") == "later":
        sync_all(*(odd.usual() for odd in ODD_FIELDS), ago=timedelta(minutes=5))
    return sync_all(*(odd.record() for odd in ODD_FIELDS))


first_and_later = pytest.mark.parametrize("synced", ["first", "later"], indirect=True)


def test_the_table_has_every_field_of_quos_description() -> None:
    record, channels = number(), ("calling", "messaging")
    fields = [name for name in record if name != "id"]
    fields += [f"users.0.{name}" for name in user()]
    fields += [f"restrictions.{channel}" for channel in channels]
    fields += [f"restrictions.{channel}.{region}" for channel in channels for region in ("US", "CA", "Intl")]
    assert sorted(".".join(path) for path in PATHS) == sorted(fields)


@first_and_later
def test_a_sync_reads_every_number_and_keeps_its_json(synced: Sync) -> None:
    assert (synced.outcome, synced.seen, synced.gone, synced.held) == ("succeeded", len(ODD_FIELDS), 0, 0)
    assert (synced.set_aside_count, synced.notices) == (0, [])
    stored = dict(NumberState.objects.filter(until=None).values_list("phone_number__quo_id", "answer"))
    for odd in ODD_FIELDS:
        is_told = stored[odd.number_id] == json.dumps(odd.record())
        # An answer that says the same about the number in another way starts no state.
        assert is_told or (not odd.sentence() and stored[odd.number_id] == json.dumps(odd.usual())), str(odd)
    assert list(breaches()) == []
    assert not sync_all(*(odd.record() for odd in ODD_FIELDS)).wrote


@first_and_later
def test_the_list_shows_every_number(synced: Sync, manager: PageClient) -> None:
    pages = [parse_page(manager.get(f"{LIST}?page={page}")) for page in range(1, PAGES + 1)]
    assert {found for page in pages for found in numbers_on(page)} == IDS
    for sort in ("name", "-number", "teammates", "-group", "porting", "forward", "calling_us", "-messaging_intl"):
        assert len(numbers_on(parse_page(manager.get(f"{LIST}?sort={sort}")))) == 50, sort


def test_each_numbers_page_says_what_is_odd_in_plain_words(synced: Sync, manager: PageClient) -> None:
    for odd in ODD_FIELDS:
        page = parse_page(manager.get(number_url(odd.number_id)))
        sentences = texts(page.css(".unusual li"))
        expected = odd.sentence()
        assert len(sentences) == bool(expected), f"{odd}: {sentences}"
        assert all(text.startswith(expected) for text in sentences), f"{odd}: {sentences}"
        assert [jargon for text in sentences for jargon in JARGON if jargon in text] == [], f"{odd}: {sentences}"
        assert not expected or json.loads(find_one(page, "#answer pre code").text() or "") == odd.record(), str(odd)
        people = {node.attributes["data-teammate"] for node in page.css("[data-teammate]")}
        assert people == ({odd.user_id} if odd.user_id else set()), str(odd)


def test_each_teammate_has_a_page_that_names_their_number(synced: Sync, manager: PageClient) -> None:
    for odd in ODD_FIELDS:
        if odd.user_id:
            page = parse_page(manager.get(teammate_url(odd.user_id)))
            assert number_url(odd.number_id) in {link.attributes.get("href") for link in page.css("a")}, str(odd)
            assert text_of(find_one(page, "h1")).strip(), str(odd)


def test_every_number_and_teammate_is_found_by_a_search(synced: Sync, manager: PageClient) -> None:
    for odd in ODD_FIELDS:
        found = search_numbers(numbers_at(NOW), odd.words, NOW).values_list("phone_number__quo_id", flat=True)
        assert list(found) == [odd.number_id], str(odd)
        if odd.user_id:
            name = f"p{odd.place}@example.com" if odd.path[-1] == "firstName" else f"person{odd.place}"
            people = search_teammates(name, NOW).values_list("teammate__quo_id", flat=True)
            assert odd.user_id in people, str(odd)
    assert numbers_on(parse_page(manager.get(f"{LIST}?q=case001"))) == ["PN001"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/status/",
        "/teammates/",
        "/teammates/?q=person",
        "/teammates/?role=manager",
        "/audit/",
        "/audit/?by=kind",
        "/audit/?by=teammate",
        "/audit/?by=group&q=case",
        f"{LIST}?unassigned=yes",
        f"{LIST}?unassigned=no&calling_us=unknown",
        f"{LIST}?forward=outside",
        f"{LIST}?country=unknown",
        f"{LIST}?porting=unfinished",
        "/numbers/teammates/?who=person",
        "/readyz",
    ],
)
def test_every_other_page_works(synced: Sync, manager: PageClient, path: str) -> None:
    for headers in ({}, HTMX):
        response = manager.get(path, headers=headers)
        assert response.status_code == 200
        assert [jargon for jargon in ("Expected `", "msgspec") if jargon in response.content.decode()] == []


@first_and_later
def test_every_file_has_every_number_and_teammate(synced: Sync, manager: PageClient) -> None:
    assert {row["id"] for row in raw_csv_rows(manager, "/numbers.csv?raw=1")} == IDS
    assert len(csv_rows(manager, "/numbers.csv")) == len(IDS)
    assert {record["id"] for record in json_records(manager, "/numbers.json")} == IDS
    people = Teammate.objects.count()  # after a later sync, some are on no number
    assert {record["id"] for record in json_records(manager, "/teammates.json")} >= USER_IDS
    assert len(csv_rows(manager, "/teammates.csv")) == len(raw_csv_rows(manager, "/teammates.csv?raw=1")) == people
    for by in ("group", "kind", "teammate"):
        audited = json_records(manager, f"/audit.json?by={by}")
        assert len(audited) == len(csv_rows(manager, f"/audit.csv?by={by}")) == len(IDS), by
    for path, count in (("/numbers.xlsx", len(IDS)), ("/teammates.xlsx", people), ("/audit.xlsx", len(IDS))):
        assert sheets(download(manager, path))[0].max_row == 1 + count, path


def test_the_json_has_each_restriction_as_quo_sent_it(synced: Sync, manager: PageClient) -> None:
    records = {record["id"]: record for record in json_records(manager, "/numbers.json")}
    for odd in ODD_FIELDS:
        if odd.path[0] == "restrictions" and len(odd.path) == 3:
            assert records[odd.number_id]["restrictions"] == odd.record()["restrictions"], str(odd)


def test_unusual_numbers_are_counted_and_listed(synced: Sync, manager: PageClient) -> None:
    status = parse_page(manager.get("/status/"))
    link = find_one(status, "#unusual a")
    assert text_of(link) == f"{len(UNUSUAL)} numbers"
    path = str(link.attributes["href"])
    pages = [parse_page(manager.get(f"{path}&page={page}")) for page in range(1, PAGES + 1)]
    assert {found for page in pages for found in numbers_on(page)} == UNUSUAL


def test_every_change_to_and_from_an_odd_field_is_put_in_words(manager: PageClient) -> None:
    began = timezone.now() - timedelta(hours=1)
    sync_all(*(odd.usual() for odd in ODD_FIELDS), ago=timedelta(minutes=5))
    for record in (OddField.record, OddField.usual):
        sync = sync_all(*(record(odd) for odd in ODD_FIELDS))
        found = changes(since=sync.observed_at or began, limit=1_000, version=memory_version()).found
        subjects = {change.subject for change in found}
        assert subjects >= IDS - _not_a_change(), record
        assert [change.sentence for change in found if any(word in change.sentence for word in JARGON)] == []
        assert manager.get("/").status_code == 200
    assert not NumberState.objects.filter(until=None).exclude(oddities="").exists()
    assert list(breaches()) == []


def _not_a_change() -> set[str]:
    """Return the numbers whose odd answer says the same as the usual one: null where null is usual, or about others."""
    usual_null = {("portRequestId",), ("forward",), ("users", "0", "lastName")}
    of_teammates = {("users", "0", name) for name in ("email", "firstName", "lastName", "role", "groupId")}
    return {
        odd.number_id
        for odd in ODD_FIELDS
        if (odd.path in usual_null and odd.kind in {"missing", "null"}) or odd.path in of_teammates
    }


@pytest.fixture
def odd_quo(monkeypatch: pytest.MonkeyPatch, quo: Any) -> None:
    """Let Quo have every odd field."""
    quo.workspace.numbers[:] = [odd.record() for odd in ODD_FIELDS]
    quo.workspace.refresh()


@pytest.mark.django_db
def test_every_command_works(odd_quo: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sync")
    done = capsys.readouterr()
    count = len(ODD_FIELDS)
    assert (done.out[: done.out.index(",")], done.err) == (f"{count} seen", "")
    assert not services.freshness(WORKSPACE).set_aside

    checks = [check for check in diagnose() if check.subject.startswith("Quo’s") or check.subject.startswith("Quo's")]
    assert [check.ok for check in checks] == [True, True, None]
    assert checks[-1].text.startswith(f"{len(UNUSUAL)} numbers are described in a way that is new to Quo Admin.")

    call_command("verify")
    for number_id in ("PN000", "PN100", "PN200"):
        call_command("sync", "--number", number_id)
    call_command("sync", "--user", "US000")
