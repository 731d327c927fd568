"""How often the audit asks the database: pinned, and the same for few numbers and for many."""

import pytest
from django.test import Client

from tests.support.audit_page import ANN, AUDIT, BO, many, marked
from tests.support.caches import forget
from tests.support.pages import HTMX, Office, remember
from tests.support.query_counts import OWN, SESSION, WHOLE, Pinned

MARKS = 1  # of every number there is
FITTING = 1  # which of them fit
PEOPLE = 2  # who there is, and who is on what
NAMES = 1  # of the teammates on the page, in each of its lists
OUTLIERS = 1  # on the page
ROWS = 1  # the numbers on the page

PAGE = WHOLE + MARKS + FITTING + OUTLIERS + ROWS
FORM = 2  # the groups, the countries and ports there are
COUNTS = {
    AUDIT: PAGE,
    f"{AUDIT}?by=kind": PAGE,
    f"{AUDIT}?by=teammate": PAGE + PEOPLE + 2 * NAMES,
    f"{AUDIT}?by=teammate&q=555+ann&messaging_us=restricted&sort=-teammates": PAGE + PEOPLE + 2 * NAMES,
    f"{AUDIT}?user=US1": PAGE + OWN + 1,  # the teammate's name
    f"{AUDIT}?who=ann": PAGE + 1,  # the picker's teammates
}
KEPT = 3  # who took the file along, in a transaction
CHUNK = 1  # every 500 lines
FILE = SESSION + MARKS + FITTING + CHUNK + KEPT
FILES = {
    "/audit.csv": FILE,
    "/audit.json?by=teammate": FILE + PEOPLE + NAMES,
    "/audit.json?by=teammate&q=odd": FILE + PEOPLE + NAMES,
}


def few() -> None:
    remember(*many(3, users=[ANN, BO]), marked("Odd", "++----", users=[ANN]), marked("Free", users=[]))


def much() -> None:
    people = [{**ANN, "id": f"US{place}", "firstName": f"Desk {place}"} for place in range(1, 7)]
    numbers = [*many(40, users=people), *many(30, "++----", name="Odd", users=people), *many(9, "+" * 6, name="Open")]
    remember(*[{**record, "groupId": f"GR{place % 7}"} for place, record in enumerate(numbers)])


@pytest.mark.parametrize("fill", [few, much])
def test_a_page_asks_a_fixed_number_of_times(office: Office, django_assert_num_queries: Pinned, fill: object) -> None:
    assert callable(fill)
    fill()

    for path, count in COUNTS.items():
        forget()
        with django_assert_num_queries(count + FORM, info=path):
            assert Client.get(office, path).status_code == 200


def test_a_fragment_does_not_ask_for_the_form_that_stays(office: Office, django_assert_num_queries: Pinned) -> None:
    few()

    headers = HTMX | {"HX-Trigger": "filters", "HX-Current-URL": f"http://testserver{AUDIT}"}
    with django_assert_num_queries(PAGE):
        Client.get(office, AUDIT, headers=headers)


@pytest.mark.parametrize("fill", [few, much])
def test_a_file_asks_a_fixed_number_of_times(office: Office, django_assert_num_queries: Pinned, fill: object) -> None:
    assert callable(fill)
    fill()
    Client.get(office, AUDIT)  # what the filters offer is counted once for each version of the memory

    for path, count in FILES.items():
        with django_assert_num_queries(count, info=path):
            assert Client.get(office, path).getvalue()
