"""How often each page asks the database: pinned, the same for few rows and for many, and less when asked again."""

import pytest
from django.test import Client

from numbers.quo.errors import from_answer
from tests.support.caches import forget
from tests.support.pages import HTMX, LIST, Office, fail, remember
from tests.support.query_counts import FRESHNESS, OWN, SESSION, VERSION, WHOLE, Pinned
from tests.support.quo_answers import number, user

COLUMNS = 1  # which to show
ROWS = COLUMNS + 4  # how many fit, the keys of the page, its numbers, their teammates
FORM = 2  # the groups, the countries and ports there are
MENUS = 1  # the saved filters
ALL = WHOLE + ROWS + FORM + MENUS
CHOICES = 1  # the picker's teammates, once somebody looks for one

COUNTS = {
    LIST: ALL,
    f"{LIST}?who=ann": ALL + CHOICES,
    f"{LIST}?q=desk+555+ann": ALL,
    f"{LIST}?sort=-teammates": ALL,
    f"{LIST}?user=US1": ALL + OWN + 1,  # the teammate's name
    f"{LIST}?user=US1&q=desk": ALL + OWN + 1,
    "/numbers/teammates/?who=ann": SESSION + CHOICES,
    "/numbers/PN1/": WHOLE + OWN + 4,  # number, state, teammates, states before
    "/status/": WHOLE + 4,  # the last sync, how many there are, which are on the page, and these
    "/saved/": SESSION + 1,  # what is saved
}
AGAIN = {
    LIST: WHOLE + COLUMNS + MENUS,
    f"{LIST}?user=US1": WHOLE + OWN + COLUMNS + MENUS,
    "/numbers/PN1/": WHOLE + OWN,
}
MANY_CHOICES = 1  # of more teammates than are shown, how many there are


def few(people: int = 2, numbers: int = 2) -> None:
    teammates = [user(f"US{place}", firstName=f"Ann {place}") for place in range(1, people + 1)]
    remember(*[number(f"PN{place}", name=f"Desk {place}", users=teammates) for place in range(1, numbers + 1)])


def test_a_page_asks_the_database_a_fixed_number_of_times(office: Office, django_assert_num_queries: Pinned) -> None:
    few()

    for path, count in COUNTS.items():
        forget()
        with django_assert_num_queries(count, info=path):
            Client.get(office, path)


def test_what_somebody_asked_for_already_is_not_read_again(office: Office, django_assert_num_queries: Pinned) -> None:
    few()

    for path, count in AGAIN.items():
        Client.get(office, path)
        with django_assert_num_queries(count, info=path):
            Client.get(office, path)


def test_more_rows_do_not_mean_more_questions(office: Office, django_assert_num_queries: Pinned) -> None:
    for name in ("A", "B", "C"):
        remember(number("PN1", name=name))
    few(people=40, numbers=60)
    for _ in range(10):
        remember(*[number(f"PN{place}", name=42) for place in range(1, 61)])
    few(people=40, numbers=60)

    for path, count in COUNTS.items():
        forget()
        with django_assert_num_queries(count + (MANY_CHOICES if "who=" in path else 0), info=path):
            Client.get(office, path)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        (LIST, WHOLE + ROWS + FORM),
        (f"{LIST}?q=desk", WHOLE + ROWS + FORM),
        ("/numbers/PN1/", WHOLE + OWN + 4),
    ],
)
def test_a_fragment_asks_no_more_than_its_page(
    office: Office, django_assert_num_queries: Pinned, path: str, count: int
) -> None:
    few()

    with django_assert_num_queries(count):
        Client.get(office, path, headers=HTMX)


def test_a_list_that_only_fetches_itself_anew_does_not_ask_for_its_form(
    office: Office, django_assert_num_queries: Pinned
) -> None:
    few()

    with django_assert_num_queries(WHOLE + ROWS):
        Client.get(office, LIST, headers={**HTMX, "HX-Trigger": "refresh"})


def test_after_a_failure_one_more_query_finds_the_last_good_answer(
    office: Office, django_assert_num_queries: Pinned
) -> None:
    few()
    fail(from_answer(401, b"", resource="list"))

    with django_assert_num_queries(COUNTS[LIST] + 1):
        Client.get(office, LIST)


@pytest.mark.parametrize("count", [1, 30])
def test_saved_filters_are_named_in_one_question_however_many_there_are(
    office: Office, django_assert_num_queries: Pinned, count: int
) -> None:
    few(people=30)
    for place in range(1, count + 1):
        office.post("/saved/", {"name": f"Filter {place}", "query": f"user=US{place}", "is_shared": "on"})

    with django_assert_num_queries(SESSION + 2):  # what is saved, and what its teammates are called
        Client.get(office, "/saved/")
    with django_assert_num_queries(ALL):
        Client.get(office, LIST)


def test_a_number_that_is_not_known_costs_little(office: Office, django_assert_num_queries: Pinned) -> None:
    few()

    with django_assert_num_queries(WHOLE + OWN + 1):  # the number
        Client.get(office, "/numbers/PNnew/")


def test_the_check_of_a_page_that_is_fresh_costs_little(office: Office, django_assert_num_queries: Pinned) -> None:
    few()

    with django_assert_num_queries(SESSION + 2 * FRESHNESS + VERSION):  # before and after it might have asked
        office.post("/sync/", {"auto": "1"}, headers=HTMX)


def test_whether_it_lives_is_no_question_to_the_database(
    client: Client, db: None, django_assert_num_queries: Pinned
) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_whether_it_is_ready_costs_little(client: Client, db: None, django_assert_max_num_queries: Pinned) -> None:
    with django_assert_max_num_queries(3):  # the first of our tables, which tables there are, what was migrated
        client.get("/readyz")
