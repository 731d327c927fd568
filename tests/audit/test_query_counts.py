"""The number of the audit's database queries is fixed, for few numbers and for many."""

import pytest
from django.test import Client

from tests.support.audit_page import ANN, AUDIT, BO, audit_number, audit_numbers
from tests.support.caches import clear_caches
from tests.support.pages import HTMX, PageClient, sync_all
from tests.support.query_counts import DEMO, OWN, SESSION, VERSION, WHOLE, Pinned

PATTERNS = 1  # of every number
GROUPS = 1  # of every number, unless it is grouped by something else
MATCHING = 1  # the keys of the matching numbers
PORTS = 1  # for a search
TEAMMATES = 3  # the teammates, their assignments, and the numbers on which not everybody is identified
NAMES = 1  # of the teammates on the page, for each of its lists
OUTLIERS = 1  # on the page
ROWS = 1  # the numbers on the page

PAGE = WHOLE + PATTERNS + MATCHING + OUTLIERS + ROWS
FORM = 3  # the choices of groups, of countries and ports, and whether any number is unusual
COUNTS = {
    AUDIT: PAGE + GROUPS,
    f"{AUDIT}?by=kind": PAGE,
    f"{AUDIT}?by=teammate": PAGE + TEAMMATES + 2 * NAMES,
    f"{AUDIT}?by=teammate&q=555+ann&messaging_us=restricted&sort=-teammates": PAGE + PORTS + TEAMMATES + 2 * NAMES,
    f"{AUDIT}?user=US1": PAGE + GROUPS + OWN + 1,  # the teammate's name
    f"{AUDIT}?who=ann": PAGE + GROUPS + 1,  # the picker's teammates
}
UNREAD = 1  # how many records could not be read
LOGGED = 3  # a line in the access log, in a transaction
CHUNK = 1  # for every 500 lines
AUDITED = SESSION + DEMO + VERSION + CHUNK + LOGGED
FILE = AUDITED + PATTERNS + MATCHING
FILES = {
    "/audit.csv": FILE + GROUPS,
    "/audit.json?by=teammate": FILE + DEMO + UNREAD + TEAMMATES + NAMES,
    "/audit.json?by=teammate&q=odd": FILE + DEMO + UNREAD + PORTS + TEAMMATES + NAMES,
}


def fill_few() -> None:
    sync_all(
        *audit_numbers(3, users=[ANN, BO]), audit_number("Odd", "++----", users=[ANN]), audit_number("Free", users=[])
    )


def fill_many() -> None:
    teammates = [{**ANN, "id": f"US{index}", "firstName": f"Desk {index}"} for index in range(1, 7)]
    numbers = [
        *audit_numbers(40, users=teammates),
        *audit_numbers(30, "++----", name="Odd", users=teammates),
        *audit_numbers(9, "+" * 6, name="Open"),
    ]
    sync_all(*[{**record, "groupId": f"GR{index % 7}"} for index, record in enumerate(numbers)])


@pytest.mark.parametrize("fill", [fill_few, fill_many])
def test_a_page_takes_a_fixed_number_of_queries(
    manager: PageClient, django_assert_num_queries: Pinned, fill: object
) -> None:
    assert callable(fill)
    fill()

    for path, count in COUNTS.items():
        clear_caches()
        with django_assert_num_queries(count + FORM, info=path):
            assert Client.get(manager, path).status_code == 200


def test_a_fragment_does_not_query_the_choices_of_the_form(
    manager: PageClient, django_assert_num_queries: Pinned
) -> None:
    fill_few()

    headers = HTMX | {"HX-Trigger": "filters", "HX-Current-URL": f"http://testserver{AUDIT}"}
    with django_assert_num_queries(PAGE + GROUPS - DEMO):
        Client.get(manager, AUDIT, headers=headers)


@pytest.mark.parametrize("fill", [fill_few, fill_many])
def test_a_file_takes_a_fixed_number_of_queries(
    manager: PageClient, django_assert_num_queries: Pinned, fill: object
) -> None:
    assert callable(fill)
    fill()
    Client.get(manager, f"{AUDIT}?by=kind")  # caches the filter choices for this version

    for path, count in FILES.items():
        with django_assert_num_queries(count, info=path):
            assert Client.get(manager, path).getvalue()


def test_another_page_and_the_file_of_an_audit_do_not_read_it_again(
    manager: PageClient, django_assert_num_queries: Pinned
) -> None:
    fill_few()
    Client.get(manager, f"{AUDIT}?sort=-name")

    with django_assert_num_queries(WHOLE + OUTLIERS + ROWS):
        Client.get(manager, f"{AUDIT}?sort=-name&odd=2")
    with django_assert_num_queries(AUDITED):
        assert Client.get(manager, "/audit.csv?sort=-name").getvalue()


def test_after_a_sync_the_audit_is_read_again(manager: PageClient) -> None:
    fill_few()
    before = Client.get(manager, "/audit.csv").getvalue()

    fill_many()

    assert Client.get(manager, "/audit.csv").getvalue() != before
