import json
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.db import transaction
from django.urls import resolve
from django.utils.dateformat import format as formatted
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.memory.sync_target import SyncTarget
from numbers.models import PhoneNumber, Sync
from numbers.quo.errors import from_answer
from numbers.sandbox.server import SandboxServer
from numbers.vocabulary.links import number_url
from tests.support.pages import (
    HTMX,
    LIST,
    Office,
    attribute,
    fail,
    notices_of,
    one,
    parsed,
    remember,
    remember_one,
    remember_raw,
    texts,
    words,
)
from tests.support.quo_answers import number, user

PAGE = "/numbers/PN1/"
WHEN = "M j, Y, g:i A"


def fields_of(office: Office, path: str = PAGE) -> dict[str, str]:
    """Return the fields under "Everything Quo says"."""
    return {words(one(row, "dt")): words(one(row, "dd")) for row in parsed(office.get(path)).css("dl.fields > div")}


def test_every_field_of_the_api_is_on_the_page(office: Office) -> None:
    remember(
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

    fields = fields_of(office)

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


def test_empty_fields_are_described_in_words(office: Office) -> None:
    nothing = {"symbol": None, "formattedNumber": None, "forward": None, "portingStatus": None, "portRequestId": None}
    remember(number("PN1", **nothing))

    fields = fields_of(office)

    assert [fields[name] for name in nothing] == ["none", "none", "nowhere", "none", "none"]


def test_the_header_shows_name_number_kind_and_forwarding(office: Office) -> None:
    remember(number("PN1", name="Help", number="+18005550100", forward="+14155550100"))

    head = one(parsed(office.get(PAGE)), ".number-head")

    assert words(one(head, "h1")) == "Help"
    assert words(one(head, ".number-line")) == "(800) 555-0100 toll-free forwards to (415) 555-0100"


def test_cells_explain_only_restrictions(office: Office) -> None:
    restrictions = {
        "calling": {"US": "unrestricted", "CA": "sometimes", "Intl": "restricted"},
        "messaging": {"US": "restricted", "CA": "unrestricted", "Intl": "unrestricted"},
    }
    remember(number("PN1", number="+14155550100", restrictions=restrictions))

    rows = parsed(office.get(PAGE)).css("table.cells tbody tr")

    rows_by_cell = {attribute(one(row, "[data-cell]"), "data-cell"): row for row in rows}
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
    assert "People on this number can call the United States." in words(rows_by_cell["calling.US"])
    assert "Quo does not say whether people on this number can call Canada." in words(rows_by_cell["calling.CA"])
    assert "not reported sometimes" in words(rows_by_cell["calling.CA"])
    for row in rows_by_cell.values():
        for advice in row.css(".advice"):
            assert words(advice).startswith("Possible cause: ")
            assert " Next step: " in words(advice)


def test_a_toll_free_number_mentions_its_verification(office: Office) -> None:
    remember(number("PN1", number="+18335550100", restrictions={"calling": {}, "messaging": {"CA": "restricted"}}))

    advice = one(parsed(office.get(PAGE)), ".advice")

    assert "toll-free verification" in words(advice)


def test_each_teammate_is_listed_with_role_and_group(office: Office) -> None:
    ann = user("US1", firstName="Ann", lastName="Lee", email="ann@example.com", role="owner", groupId="GR1")
    nobody = user("US2", firstName=None, lastName=None, email="b@example.com", role="member", groupId="GR2")
    remember(number("PN1", users=[nobody, ann]))

    table = one(parsed(office.get(PAGE)), "table.stacked")

    assert [texts(row.css("th, td")) for row in table.css("tbody tr")] == [
        ["Ann Lee", "ann@example.com", "owner", "GR1"],
        ["b@example.com", "b@example.com", "member", "GR2"],
    ]
    assert attribute(one(table, "[data-teammate=US1]"), "href") == "/teammates/US1/"


def test_the_page_names_all_teammates(office: Office) -> None:
    remember(number("PN1", users=[user(f"US{place}") for place in range(40)]))

    page = parsed(office.get(PAGE))

    assert len(page.css("[data-teammate]")) == 40
    assert words(one(page, "#teammates")) == "Teammates 40"


@pytest.mark.parametrize(
    ("forward", "where"), [(None, "no teammate."), ("+14155550100", "forwarded to (415) 555-0100.")]
)
def test_a_number_without_teammates_shows_where_calls_go(office: Office, forward: str | None, where: str) -> None:
    remember(number("PN1", users=[], forward=forward))

    assert any(notice.endswith(where) for notice in notices_of(parsed(office.get(PAGE))))


def test_first_seen_and_last_confirmed_are_answer_times(office: Office) -> None:
    first = remember(number("PN1"), ago=timedelta(days=3))
    remember(number("PN1"), ago=timedelta(days=2))
    last = remember_one(number("PN1"))

    fields = fields_of(office)

    assert first.observed_at
    assert last.observed_at
    assert fields["First seen here"] == formatted(first.observed_at, WHEN)
    assert fields["Last confirmed"] == formatted(last.observed_at, WHEN)
    assert fields["As shown since"] == fields["First seen here"]


def test_an_answer_about_another_number_confirms_nothing(office: Office) -> None:
    first = remember(number("PN1"), number("PN2"), ago=timedelta(days=3))
    remember_one(number("PN2"))

    assert first.observed_at
    assert fields_of(office)["Last confirmed"] == formatted(first.observed_at, WHEN)


def test_the_page_counts_earlier_states(office: Office) -> None:
    for name in ("A", "B", "C"):
        remember(number("PN1", name=name))

    assert fields_of(office)["As shown since"].endswith(", after 2 earlier states")


def test_the_raw_answer_is_shown_collapsed_and_escaped(office: Office) -> None:
    raw = json.dumps(number("PN1", name="<script>alert(1)</script>")).replace('"name"', '"new key": "x",  "name"')
    remember_raw(raw)

    response = office.get(PAGE)

    details = one(parsed(response), "details#answer")
    assert "open" not in details.attributes
    assert one(details, "pre code").text() == raw
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" '2022-01-01T00:00:00Z'", "Jan 1, 2022, 12:00 AM"),
        ("2022-06-01T12:00:00+02:00", "Jun 1, 2022, 10:00 AM"),
        ("yesterday", "yesterday (not a time that can be read)"),
        ("2022-02-30T00:00:00Z", "2022-02-30T00:00:00Z (not a time that can be read)"),
        ("0000-00-00", "0000-00-00 (not a time that can be read)"),
        ("", "(empty) (not a time that can be read)"),
        ("9" * 10_000, f"{'9' * 10_000} (not a time that can be read)"),
    ],
)
def test_invalid_times_are_shown_as_raw_text(office: Office, text: str, expected: str) -> None:
    remember(number("PN1", createdAt=text))

    assert fields_of(office)["createdAt"] == expected


def test_a_valid_time_keeps_its_raw_text(office: Office) -> None:
    remember(number("PN1", createdAt=" '2022-01-01T00:00:00Z'", updatedAt="-"))

    stamp = one(parsed(office.get(PAGE)), """dl time[title*="'"]""")

    assert attribute(stamp, "title") == " '2022-01-01T00:00:00Z'"
    assert datetime.fromisoformat(attribute(stamp, "datetime")) == datetime(2022, 1, 1, tzinfo=UTC)


def test_check_now_syncs_only_this_number(office: Office) -> None:
    remember(number("PN1"))

    page = parsed(office.get(PAGE))

    form = one(page, "#check-form")
    assert attribute(one(form, "[name=number]"), "value") == "PN1"
    assert attribute(one(form, "[name=next]"), "value") == PAGE
    assert not form.css("[name=user]")
    assert attribute(one(page, "[data-freshness]"), "data-freshness") == "fresh"


def test_an_unknown_number_is_404_and_the_page_looks_it_up(office: Office) -> None:
    remember(number("PN1"))

    page = parsed(office.get("/numbers/PNnew/"), 404)

    assert words(one(page, "h1")) == "This number is not known here"
    assert "PNnew" in words(one(page, "#number"))
    assert attribute(one(page, "#check-form [name=number]"), "value") == "PNnew"
    assert "load" in attribute(one(page, "#look"), "hx-trigger").split(", ")
    assert "memory-changed from:body" in attribute(one(page, "#number"), "hx-trigger").split(", ")
    assert not page.css("[data-number]")


def test_looking_up_a_number_that_quo_knows_adds_it(office: Office, quo: SandboxServer) -> None:
    number_id = quo.workspace.numbers[3]["id"]
    path = number_url(number_id)
    form = one(parsed(office.get(path), 404), "#check-form")

    office.post("/sync/", {attribute(field, "name"): field.attributes["value"] or "" for field in form.css("input")})

    assert attribute(one(parsed(office.get(path)), "#number"), "data-number") == number_id
    assert [request.path for request in quo.requests] == [f"/v1/phone-numbers/{number_id}"]


def test_a_number_that_quo_does_not_know_is_reported(office: Office, quo: SandboxServer) -> None:
    office.post("/sync/", {"number": "PNnew"})

    page = parsed(office.get("/numbers/PNnew/"), 404)

    assert "Quo does not know this number" in words(one(page, "#freshness"))
    assert "Quo does not know it either." in words(one(page, "#number"))


def test_htmx_gets_a_swappable_fragment_for_an_unknown_number(office: Office) -> None:
    response = office.get("/numbers/PNnew/", headers=HTMX)

    assert one(parsed(response), "#number")
    assert b"<html" not in response.content


def test_an_open_page_gets_its_title_when_the_number_is_found(office: Office) -> None:
    remember(number("PN1", name="Front desk"))

    assert "Front desk" in one(parsed(office.get(PAGE, headers=HTMX)), "title").text()


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_link_gets_the_whole_page_of_a_number(office: Office, header: str) -> None:
    remember(number("PN1"))

    response = office.get(PAGE, headers={**HTMX, header: "true"})

    assert b"<html" in response.content
    assert "HX-Request" in response.headers["Vary"]


def test_a_gone_number_keeps_its_page_and_is_marked_as_gone(office: Office) -> None:
    remember(number("PN1", name="Old line", users=[user("US1", firstName="Ann"), user("US2", firstName="Bo")]))
    remember(number("PN1", name="Old line", users=[user("US1", firstName="Ann")]))
    gone = remember(number("PN2", users=[]))

    page = parsed(office.get(PAGE))

    assert gone.observed_at
    assert notices_of(page) == [
        f"Gone. Quo no longer had this number on {formatted(gone.observed_at, WHEN)}. Below is how it looked last."
    ]
    assert words(one(page, "h1")) == "Old line"
    assert texts(page.css("table.stacked tbody th")) == ["Ann"]


def test_a_number_that_came_back_is_no_longer_gone(office: Office) -> None:
    remember(number("PN1", name="Before"))
    remember(number("PN2"))
    remember(number("PN1", name="After"), number("PN2"))

    page = parsed(office.get(PAGE))

    assert notices_of(page) == []
    assert words(one(page, "h1")) == "After"


def test_a_number_with_an_unreadable_record_is_shown_as_unconfirmed(office: Office) -> None:
    first = remember(number("PN1", name="Kept"), ago=timedelta(days=1))
    remember(number("PN1", name=42))

    page = parsed(office.get(PAGE))

    assert first.observed_at
    assert any(notice.startswith("Not confirmed.") for notice in notices_of(page))
    assert words(one(page, "h1")) == "Kept"
    assert fields_of(office)["Last confirmed"] == formatted(first.observed_at, WHEN)


def test_a_failed_sync_of_another_number_is_not_shown(office: Office) -> None:
    remember(number("PN1"))
    fail(from_answer(404, b"", resource="number"), SyncTarget(Sync.Scope.NUMBER, "PN2"))

    assert "failed" not in words(one(parsed(office.get(PAGE)), "#freshness"))


ODD = [
    "PN",
    "PN/",
    "PN//",
    "PN/x/",
    "PN/../../status",
    "PN/..",
    "PN/./a",
    "PN..",
    "PN?q=1",
    "PN#top",
    "PN%",
    "PN%2F",
    "PN%252F",
    "PN%00",
    "PN 1 ",
    "PN'\"",
    "PN<b>&amp;",
    "PN\\",
    "PN🏡",
    "PNé",
    "PN\t",
    "PN;a=b",
    "PN+",
    "PN:@&=$,!~*()",
    "PN\u202e\u2027",
    "PN" + "x" * 498,
    "PN" + "🏡" * 498,
    "PN{{ 7|add:7 }}",
]
# Quo's pattern is a JavaScript one, so a dot does not match a line break.
IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\x00"), max_size=12).map("PN{}".format)


def link_leads_to(office: Office, number_id: str) -> None:
    """Assert that the row's link and the page's links to itself open the page of this number."""
    listed = parsed(office.get(LIST))
    link = attribute(one(listed, "#results .name a"), "href")
    page = parsed(office.get(link))
    assert one(page, "#number").attributes["data-number"] == number_id
    assert resolve(unquote(urlsplit(link).path)).url_name == "detail"
    for own in (attribute(one(page, "#number"), "hx-get"), attribute(one(page, "#check-form [name=next]"), "value")):
        assert own == link
    # A browser would resolve dots between slashes, so there must be none.
    assert link.startswith("/numbers/PN")
    assert link.count("/") == 3


@pytest.mark.parametrize("number_id", ODD)
def test_a_link_with_an_unusual_id_opens_its_page(office: Office, number_id: str) -> None:
    remember(number(number_id))

    link_leads_to(office, number_id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(IDS)
@example("PN/%2f/..")
def test_a_link_with_any_generated_id_opens_its_page(office: Office, number_id: str) -> None:
    before = transaction.savepoint()
    remember(number(number_id))

    link_leads_to(office, number_id)

    transaction.savepoint_rollback(before)


@pytest.mark.parametrize("other", ["PN", "PN1/", "PN1 ", "PNa", "PN%31", "PN1\u200b"])
def test_similar_ids_have_separate_pages(office: Office, other: str) -> None:
    remember(number("PN1", name="One"), number(other, name="Other"))

    assert words(one(parsed(office.get(number_url("PN1"))), "h1")) == "One"
    assert words(one(parsed(office.get(number_url(other))), "h1")) == "Other"


@pytest.mark.parametrize("path", ["PN%00", "PN1%00", f"PN{'x' * 499}", "PN%0A", "PN1%0Ax"])
def test_an_impossible_id_is_404(office: Office, path: str) -> None:
    page = parsed(office.get(f"/numbers/{path}/"), 404)

    assert words(one(page, "h1")) == "There is no such page"
    assert not page.css("#check-form")


@pytest.mark.parametrize("path", ["PN%FF", "PN%ED%A0%80", "PN%C3%28"])
def test_invalid_bytes_are_an_unknown_number(office: Office, path: str) -> None:
    assert words(one(parsed(office.get(f"/numbers/{path}/"), 404), "h1")) == "This number is not known here"


@pytest.mark.parametrize("path", ["/numbers/pn1/", "/numbers/US1/", "/numbers/xPN1/", "/numbers/%20PN1/"])
def test_an_id_with_the_wrong_prefix_is_404(office: Office, path: str) -> None:
    assert words(one(parsed(office.get(path), 404), "h1")) == "There is no such page"


def test_a_url_without_the_trailing_slash_redirects(office: Office) -> None:
    remember(number("PN1"))

    assert office.get("/numbers/PN1").headers["Location"] == PAGE


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_page_of_a_number_refuses_other_methods(office: Office, method: str) -> None:
    remember(number("PN1"))

    assert getattr(office, method)(PAGE).status_code == 405
    assert PhoneNumber.objects.count() == 1


def test_a_query_parameter_changes_nothing(office: Office) -> None:
    remember(number("PN1"))

    page = parsed(office.get(PAGE, {"x": "1"}))

    assert attribute(one(page, "#number"), "hx-get") == PAGE
