"""Names in which people see nothing, on every page and in every file that shows a name."""

import pytest

from numbers.models import SavedFilter
from numbers.vocabulary.visible import is_visible
from tests.support.exported_files import csv_rows, json_records, raw_csv_rows, sheet
from tests.support.invisible import INVISIBLE
from tests.support.pages import LIST, PageClient, find_one, parse_page, sync_all, text_of, texts
from tests.support.quo_answers import number, user

NO_NAME = "(no name)"
IDS = range(1, len(INVISIBLE) + 1)
EMAILS = [f"ann{each:02}@example.com" for each in IDS]
PAGES = (
    "/",
    LIST,
    f"{LIST}?user=US5",
    *(f"/numbers/PN{each}/" for each in IDS),
    *(f"/teammates/US{each}/" for each in IDS),
    "/teammates/",
    "/audit/",
    "/audit/?by=teammate",
    "/status/",
    "/saved/",
)


@pytest.fixture
def office(manager: PageClient) -> PageClient:
    """Sync a number and a teammate for each invisible name."""
    names = zip(IDS, EMAILS, INVISIBLE, strict=True)
    people = {each: user(f"US{each}", firstName=name, lastName=f"{name} {name}", email=to) for each, to, name in names}
    records = [number(f"PN{each}", name=person["firstName"], users=[person]) for each, person in people.items()]
    sync_all(*(number(f"PN{each}", name="Desk", users=[]) for each in IDS))
    sync_all(*records)
    manager.post("/saved/", {"name": "With Ann", "query": "user=US5"})
    return manager


def test_every_title_and_link_on_every_page_is_visible(office: PageClient) -> None:
    for path in PAGES:
        for node in parse_page(office.get(path)).css("title, h1, h2, a, summary, option, bdi.choice"):
            assert is_visible(text_of(node) + (node.attributes.get("aria-label") or "")), (path, node.html)


def test_a_number_with_an_invisible_name_says_so(office: PageClient) -> None:
    for path in (LIST, "/audit/"):
        assert texts(parse_page(office.get(path)).css("th.name")) == [NO_NAME] * len(INVISIBLE), path
    for each in IDS:
        page = parse_page(office.get(f"/numbers/PN{each}/"))
        assert text_of(find_one(page, "h1")) == NO_NAME
        assert text_of(find_one(page, "title")).startswith(NO_NAME)
    for change in parse_page(office.get("/")).css("[data-change]"):
        assert text_of(change).startswith(f"{NO_NAME}: the name went from “Desk” to {NO_NAME}; ann")


def test_a_teammate_with_an_invisible_name_is_shown_by_email(office: PageClient) -> None:
    assert texts(parse_page(office.get("/teammates/")).css("th.name")) == EMAILS
    assert sorted(texts(parse_page(office.get(LIST)).css("td.people"))) == EMAILS
    assert set(EMAILS) < set(texts(parse_page(office.get("/audit/?by=teammate")).css("[data-group] th bdi")))
    assert text_of(find_one(parse_page(office.get(f"{LIST}?user=US5")), "#teammate-summary bdi")) == EMAILS[4]


def test_a_saved_filter_with_an_invisible_name_says_so(office: PageClient) -> None:
    SavedFilter.objects.update(name="\u3164")  # older versions accepted it

    assert text_of(find_one(parse_page(office.get("/saved/")), "[data-saved] th")) == NO_NAME
    assert NO_NAME in texts(parse_page(office.get(LIST)).css("#saved-menu a"))


def test_files_for_people_show_no_name(office: PageClient) -> None:
    names = ["", *[NO_NAME] * (len(INVISIBLE) - 1)]  # a missing name is an empty cell
    assert [row["Name"] for row in csv_rows(office, "/numbers.csv?sort=number")] == names
    assert sorted(row["Teammates"] for row in csv_rows(office, "/numbers.csv")) == EMAILS
    assert [row[0] or "" for row in sheet(office, "/numbers.xlsx").iter_rows(min_row=2, values_only=True)] == names
    assert [row["Name"] for row in csv_rows(office, "/audit.csv")] == names
    assert [(row["Name"], row["Names of the numbers"]) for row in csv_rows(office, "/teammates.csv")] == [
        (email, NO_NAME) for email in EMAILS
    ]


def test_files_for_machines_have_the_name_as_it_came(office: PageClient) -> None:
    for rows in (json_records(office, "/numbers.json"), raw_csv_rows(office, "/numbers.csv?raw=1")):
        assert {row["name"] for row in rows} == set(INVISIBLE)
    assert {row["firstName"] for row in json_records(office, "/teammates.json")} == set(INVISIBLE)
