import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.dateformat import format as formatted
from pytest_django import Settings

from numbers.memory.sync_target import SyncTarget
from numbers.models import PhoneNumber, Sync
from numbers.quo.errors import from_answer
from numbers.sandbox.server import SandboxServer
from numbers.vocabulary.links import number_url
from tests.support.pages import (
    HTMX,
    PageClient,
    attribute,
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
from tests.support.quo_answers import number, user

PAGE = "/numbers/PN1/"
WHEN = "M j, Y, g:i A"


def fields_of(manager: PageClient, path: str = PAGE) -> dict[str, str]:
    """Return the fields under "Everything Quo says"."""
    return {
        text_of(find_one(row, "dt")): text_of(find_one(row, "dd"))
        for row in parse_page(manager.get(path)).css("dl.fields > div")
    }


def test_every_field_of_the_api_is_on_the_page(manager: PageClient) -> None:
    sync_all(
        number(
            "PN1",
            name="Front desk",
            symbol="🏡",
            number="+14155550100",
            formattedNumber="415 555 0100",
            forward="+16045550199",
            groupId="GR9",
            portingStatus="in progress",
            portRequestId="port-1",
            createdAt="2022-01-01T00:00:00Z",
            updatedAt="2023-02-03T04:05:06.789Z",
        )
    )

    fields = fields_of(manager)

    assert {name: fields[name] for name in list(fields)[:11]} == {
        "id": "PN1",
        "name": "Front desk",
        "symbol": "🏡",
        "number": "+14155550100",
        "formattedNumber": "415 555 0100",
        "forward": "+16045550199",
        "groupId": "GR9",
        "portingStatus": "in progress",
        "portRequestId": "port-1",
        "createdAt": "Jan 1, 2022, 12:00 AM",
        "updatedAt": "Feb 3, 2023, 4:05 AM",
    }


def test_empty_fields_are_described_in_words(manager: PageClient) -> None:
    nothing = {"symbol": None, "formattedNumber": None, "forward": None, "portingStatus": None, "portRequestId": None}
    sync_all(number("PN1", **nothing))

    fields = fields_of(manager)

    assert [fields[name] for name in nothing] == ["not given"] * 5


def test_the_header_shows_name_number_kind_and_forwarding(manager: PageClient) -> None:
    sync_all(number("PN1", name="Help", number="+18005550100", forward="+14155550100"))

    head = find_one(parse_page(manager.get(PAGE)), ".number-head")

    assert text_of(find_one(head, "h1")) == "Help"
    assert text_of(find_one(head, ".number-line")) == (
        "(800) 555-0100 toll-free forwards to (415) 555-0100. That is outside the company."
    )


def test_cells_explain_only_restrictions(manager: PageClient) -> None:
    restrictions = {
        "calling": {"US": "unrestricted", "CA": "sometimes", "Intl": "restricted"},
        "messaging": {"US": "restricted", "CA": "unrestricted", "Intl": "unrestricted"},
    }
    sync_all(number("PN1", number="+14155550100", restrictions=restrictions))

    rows = parse_page(manager.get(PAGE)).css("table.cells tbody tr")

    rows_by_cell = {attribute(find_one(row, "[data-cell]"), "data-cell"): row for row in rows}
    assert list(rows_by_cell) == [
        f"{channel}.{region}" for channel in ("calling", "messaging") for region in ("US", "CA", "Intl")
    ]
    assert {key: len(row.css(".advice")) for key, row in rows_by_cell.items()} == {
        "calling.US": 0,
        "calling.CA": 0,
        "calling.Intl": 1,
        "messaging.US": 2,
        "messaging.CA": 0,
        "messaging.Intl": 0,
    }
    assert "People on this number can call the United States." in text_of(rows_by_cell["calling.US"])
    assert "Quo does not say whether people on this number can call Canada." in text_of(rows_by_cell["calling.CA"])
    assert "not reported sometimes" in text_of(rows_by_cell["calling.CA"])
    for row in rows_by_cell.values():
        for advice in row.css(".advice"):
            assert text_of(advice).startswith("Possible cause: ")
            assert " Next step: " in text_of(advice)


def test_a_toll_free_number_mentions_its_verification(manager: PageClient) -> None:
    sync_all(number("PN1", number="+18335550100", restrictions={"calling": {}, "messaging": {"CA": "restricted"}}))

    advice = find_one(parse_page(manager.get(PAGE)), ".advice")

    assert "toll-free verification" in text_of(advice)


def test_each_teammate_is_listed_with_role_and_group(manager: PageClient) -> None:
    ann = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="owner", groupId="GR1")
    nobody = user("US2", firstName=None, lastName=None, email="b@example.com", role="member", groupId="GR2")
    sync_all(number("PN1", users=[nobody, ann]))

    table = find_one(parse_page(manager.get(PAGE)), "table.stacked")

    assert [texts(row.css("th, td")) for row in table.css("tbody tr")] == [
        ["Ann Lee", "ann@example.com", "owner", "GR1"],
        ["b@example.com", "b@example.com", "member", "GR2"],
    ]
    assert attribute(find_one(table, "[data-teammate=US1]"), "href") == "/teammates/US1/"


def test_the_page_names_all_teammates(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user(f"US{place}") for place in range(40)]))

    page = parse_page(manager.get(PAGE))

    assert len(page.css("[data-teammate]")) == 40
    assert text_of(find_one(page, "#teammates")) == "Teammates 40"


@pytest.mark.parametrize(
    ("forward", "where"), [(None, "texts to it reach no teammate."), ("+14155550100", "calls only by the forward.")]
)
def test_a_number_without_teammates_says_what_reaches_nobody(
    manager: PageClient, forward: str | None, where: str
) -> None:
    sync_all(number("PN1", users=[], forward=forward))

    assert any(notice.endswith(where) for notice in notices_of(parse_page(manager.get(PAGE))))


def test_first_seen_and_last_confirmed_are_answer_times(manager: PageClient) -> None:
    first = sync_all(number("PN1"), ago=timedelta(days=3))
    sync_all(number("PN1"), ago=timedelta(days=2))
    last = sync_number(number("PN1"))

    fields = fields_of(manager)

    assert first.observed_at
    assert last.observed_at
    assert fields["First seen here"] == formatted(first.observed_at, WHEN)
    assert fields["Last confirmed"] == formatted(last.observed_at, WHEN)
    assert fields["As shown since"] == fields["First seen here"]


def test_an_answer_about_another_number_confirms_nothing(manager: PageClient) -> None:
    first = sync_all(number("PN1"), number("PN2"), ago=timedelta(days=3))
    sync_number(number("PN2"))

    assert first.observed_at
    assert fields_of(manager)["Last confirmed"] == formatted(first.observed_at, WHEN)


def test_the_page_counts_earlier_states(manager: PageClient) -> None:
    for name in ("A", "B", "C"):
        sync_all(number("PN1", name=name))

    assert fields_of(manager)["As shown since"].endswith(", after 2 earlier states")


def test_the_raw_answer_is_shown_collapsed_and_escaped(manager: PageClient) -> None:
    raw = json.dumps(number("PN1", name="<script>alert(1)</script>")).replace('"name"', '"new key": "x",  "name"')
    sync_raw(raw)

    response = manager.get(PAGE)

    details = find_one(parse_page(response), "details#answer")
    assert "open" not in details.attributes
    assert find_one(details, "pre code").text() == raw
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" '2022-01-01T00:00:00Z'", "Jan 1, 2022, 12:00 AM"),
        ("2022-06-01T12:00:00+02:00", "Jun 1, 2022, 10:00 AM"),
        ("yesterday", "yesterday (as Quo wrote it)"),
        ("2022-02-30T00:00:00Z", "2022-02-30T00:00:00Z (as Quo wrote it)"),
        ("0000-00-00", "0000-00-00 (as Quo wrote it)"),
        ("", "not given"),
        ("9" * 10_000, f"{'9' * 10_000} (as Quo wrote it)"),
    ],
)
def test_invalid_times_are_shown_as_raw_text(manager: PageClient, text: str, expected: str) -> None:
    sync_all(number("PN1", createdAt=text))

    assert fields_of(manager)["createdAt"] == expected


@pytest.mark.parametrize(
    "zone",
    [
        *("Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Asia/Kathmandu", "Europe/Dublin"),
        *("Africa/Monrovia", "Antarctica/Troll", "UTC"),
    ],
)
def test_times_at_the_ends_of_the_calendar_are_shown_in_every_zone(
    manager: PageClient, settings: Settings, zone: str
) -> None:
    settings.TIME_ZONE = zone
    limits = [
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00", "0001-01-01T23:59:59Z"),
        *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9999-12-31T00:00:00+14:00", "9999-12-31T23:59:60Z"),
        *("0000-12-31T23:59:59Z", "10000-01-01T00:00:00Z"),
    ]
    sync_all(*(number(f"PN{each}", createdAt=text, updatedAt=text) for each, text in enumerate(limits)))

    for each, text in enumerate(limits):
        fields = fields_of(manager, f"/numbers/PN{each}/")
        assert fields["createdAt"] == fields["updatedAt"]
        assert fields["createdAt"].startswith(text) or re.search(r", (0001|9999|0002), ", fields["createdAt"])
    for path in ("/", "/numbers/", "/teammates/US1/", "/audit/", "/status/"):
        assert manager.get(path).status_code == 200
    for path in ("/numbers.json", "/numbers.csv", "/numbers.csv?raw=1", "/numbers.xlsx", "/audit.xlsx"):
        assert manager.get(path).getvalue()


def test_a_time_that_no_local_clock_shows_is_shown_as_it_came(manager: PageClient, settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    sync_all(number("PN1", createdAt=" '0001-01-01T00:00:00Z'", updatedAt="0001-01-01T12:00:00Z"))

    fields = fields_of(manager)

    assert fields["createdAt"] == "'0001-01-01T00:00:00Z'"
    assert fields["updatedAt"] == "Jan 1, 0001, 7:03 AM"


def test_a_valid_time_keeps_its_raw_text(manager: PageClient) -> None:
    sync_all(number("PN1", createdAt=" '2022-01-01T00:00:00Z'", updatedAt="-"))

    stamp = find_one(parse_page(manager.get(PAGE)), """dl time[title*="'"]""")

    assert attribute(stamp, "title") == " '2022-01-01T00:00:00Z'"
    assert datetime.fromisoformat(attribute(stamp, "datetime")) == datetime(2022, 1, 1, tzinfo=UTC)


def test_check_now_syncs_only_this_number(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(PAGE))

    form = find_one(page, "#check-form")
    assert attribute(find_one(form, "[name=number]"), "value") == "PN1"
    assert attribute(find_one(form, "[name=next]"), "value") == PAGE
    assert not form.css("[name=user]")
    assert attribute(find_one(page, "[data-freshness]"), "data-freshness") == "fresh"


def test_an_unknown_number_is_404_and_the_page_looks_it_up(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get("/numbers/PNnew/"), 404)

    assert text_of(find_one(page, "h1")) == "This number is not known here"
    assert "PNnew" in text_of(find_one(page, "#number"))
    assert attribute(find_one(page, "#check-form [name=number]"), "value") == "PNnew"
    assert "load" in attribute(find_one(page, "#look"), "hx-trigger").split(", ")
    assert "memory-changed from:body" in attribute(find_one(page, "#number"), "hx-trigger").split(", ")
    assert not page.css("[data-number]")


def test_looking_up_a_number_that_quo_knows_adds_it(manager: PageClient, quo: SandboxServer) -> None:
    number_id = quo.workspace.numbers[3]["id"]
    path = number_url(number_id)
    form = find_one(parse_page(manager.get(path), 404), "#check-form")

    manager.post("/sync/", {attribute(field, "name"): field.attributes["value"] or "" for field in form.css("input")})

    assert attribute(find_one(parse_page(manager.get(path)), "#number"), "data-number") == number_id
    assert [request.path for request in quo.requests] == [f"/v1/phone-numbers/{number_id}"]


def test_a_number_that_quo_does_not_know_is_reported(manager: PageClient, quo: SandboxServer) -> None:
    manager.post("/sync/", {"number": "PNnew"})

    page = parse_page(manager.get("/numbers/PNnew/"), 404)

    assert "Quo does not know this number" in text_of(find_one(page, "#freshness"))
    assert "Quo does not know it either." in text_of(find_one(page, "#number"))


def test_htmx_gets_a_swappable_fragment_for_an_unknown_number(manager: PageClient) -> None:
    response = manager.get("/numbers/PNnew/", headers=HTMX)

    assert find_one(parse_page(response), "#number")
    assert b"<html" not in response.content


def test_an_open_page_gets_its_title_when_the_number_is_found(manager: PageClient) -> None:
    sync_all(number("PN1", name="Front desk"))

    assert "Front desk" in find_one(parse_page(manager.get(PAGE, headers=HTMX)), "title").text()


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_gets_the_whole_page_of_a_number(manager: PageClient, header: str) -> None:
    sync_all(number("PN1"))

    response = manager.get(PAGE, headers={**HTMX, header: "true"})

    assert b"<html" in response.content
    assert "HX-Request" in response.headers["Vary"]


def test_a_gone_number_keeps_its_page_and_is_marked_as_gone(manager: PageClient) -> None:
    sync_all(number("PN1", name="Old line", users=[user("US1", firstName="Ann"), user("US2", firstName="Bo")]))
    sync_all(number("PN1", name="Old line", users=[user("US1", firstName="Ann")]))
    gone = sync_all(number("PN2", users=[]))

    page = parse_page(manager.get(PAGE))

    assert gone.observed_at
    assert notices_of(page) == [
        f"Gone. Quo no longer had this number on {formatted(gone.observed_at, WHEN)}. Below is how it looked last."
    ]
    assert text_of(find_one(page, "h1")) == "Old line"
    assert texts(page.css("table.stacked tbody th")) == ["Ann"]


def test_a_number_that_came_back_is_no_longer_gone(manager: PageClient) -> None:
    sync_all(number("PN1", name="Before"))
    sync_all(number("PN2"))
    sync_all(number("PN1", name="After"), number("PN2"))

    page = parse_page(manager.get(PAGE))

    assert notices_of(page) == []
    assert text_of(find_one(page, "h1")) == "After"


def test_a_number_missing_beside_an_unreadable_record_is_shown_as_unconfirmed(manager: PageClient) -> None:
    first = sync_all(number("PN1", name="Kept"), ago=timedelta(days=1))
    sync_incomplete(number("PN1", id=42))

    page = parse_page(manager.get(PAGE))

    assert first.observed_at
    assert any(notice.startswith("Not confirmed.") for notice in notices_of(page))
    assert text_of(find_one(page, "h1")) == "Kept"
    assert fields_of(manager)["Last confirmed"] == formatted(first.observed_at, WHEN)


def test_a_failed_sync_of_another_number_is_not_shown(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_failure(from_answer(404, b"", resource="number"), SyncTarget(Sync.Scope.NUMBER, "PN2"))

    assert "failed" not in text_of(find_one(parse_page(manager.get(PAGE)), "#freshness"))


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_page_of_a_number_refuses_other_methods(manager: PageClient, method: str) -> None:
    sync_all(number("PN1"))

    assert getattr(manager, method)(PAGE).status_code == 405
    assert PhoneNumber.objects.count() == 1


def test_a_query_parameter_changes_nothing(manager: PageClient) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(PAGE, {"x": "1"}))

    assert attribute(find_one(page, "#number"), "hx-get") == PAGE
