"""Each page's query count is fixed, independent of the number of rows, and lower from the cache."""

import pytest
from django.test import Client

from numbers.quo.errors import from_answer
from tests.support.caches import clear_caches
from tests.support.pages import HTMX, LIST, PageClient, sync_all, sync_failure, sync_incomplete
from tests.support.query_counts import DEMO, FRAGMENT, FRESHNESS, OWN, SESSION, VERSION, WHOLE, Pinned
from tests.support.quo_answers import number, user

COLUMNS = 1  # the visible columns
ROWS = COLUMNS + 4  # the count, or the ports for a search; the keys of the page, its numbers, their teammates
FORM = 3  # the groups; the countries and ports; if any number is unusual
MENUS = 1  # the saved filters
ALL = WHOLE + ROWS + FORM + MENUS
CHOICES = 1  # the picker's teammates, after a search

COUNTS = {
    LIST: ALL,
    f"{LIST}?who=ann": ALL + CHOICES,
    f"{LIST}?q=desk+555+ann": ALL,
    f"{LIST}?sort=-teammates": ALL,
    f"{LIST}?user=US1": ALL + OWN + 1,  # the teammate's name
    f"{LIST}?user=US1&q=desk": ALL + OWN + 1,
    "/numbers/teammates/?who=ann": SESSION + CHOICES,
    "/numbers/PN1/": WHOLE + OWN + 4,  # number, state, teammates, earlier states
    "/status/": WHOLE + 6,  # the last sync, the count, the keys of the page, its syncs, the unusual numbers, the runs
    "/saved/": SESSION + DEMO + 1,  # the saved filters
}
CACHED_COUNTS = {
    LIST: WHOLE + COLUMNS + MENUS,
    f"{LIST}?user=US1": WHOLE + OWN + COLUMNS + MENUS,
    "/numbers/PN1/": WHOLE + OWN,
}
MANY_CHOICES = 1  # the count of teammates beyond the visible ones


def remember_few(people: int = 2, numbers: int = 2) -> None:
    teammates = [user(f"US{place}", firstName=f"Ann {place}") for place in range(1, people + 1)]
    sync_all(*[number(f"PN{place}", name=f"Desk {place}", users=teammates) for place in range(1, numbers + 1)])


def test_a_page_runs_a_fixed_number_of_queries(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few()

    for path, count in COUNTS.items():
        clear_caches()
        with django_assert_num_queries(count, info=path):
            Client.get(manager, path)


def test_a_repeated_request_is_answered_from_the_cache(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few()

    for path, count in CACHED_COUNTS.items():
        Client.get(manager, path)
        with django_assert_num_queries(count, info=path):
            Client.get(manager, path)


def test_more_rows_need_no_more_queries(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    for name in ("A", "B", "C"):
        sync_all(number("PN1", name=name))
    remember_few(people=40, numbers=60)
    for _ in range(10):
        sync_incomplete(*[number(f"PN{place}", id=42) for place in range(1, 61)])
    remember_few(people=40, numbers=60)

    for path, count in COUNTS.items():
        clear_caches()
        with django_assert_num_queries(count + (MANY_CHOICES if "who=" in path else 0), info=path):
            Client.get(manager, path)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        (LIST, FRAGMENT + ROWS + FORM),
        (f"{LIST}?q=desk", FRAGMENT + ROWS + FORM),
        ("/numbers/PN1/", FRAGMENT + OWN + 4),
    ],
)
def test_a_fragment_runs_no_more_queries_than_its_page(
    manager: PageClient, django_assert_num_queries: Pinned, path: str, count: int
) -> None:
    remember_few()

    with django_assert_num_queries(count):
        Client.get(manager, path, headers=HTMX)


def test_a_background_refresh_does_not_query_for_the_form(
    manager: PageClient, django_assert_num_queries: Pinned
) -> None:
    remember_few()

    with django_assert_num_queries(FRAGMENT + ROWS):
        Client.get(manager, LIST, headers={**HTMX, "HX-Trigger": "refresh"})


def test_after_a_failure_one_more_query_finds_the_last_good_answer(
    manager: PageClient, django_assert_num_queries: Pinned
) -> None:
    remember_few()
    sync_failure(from_answer(401, b"", resource="list"))

    with django_assert_num_queries(COUNTS[LIST] + 1):
        Client.get(manager, LIST)


@pytest.mark.parametrize("count", [1, 30])
def test_any_number_of_saved_filters_needs_one_query_for_names(
    manager: PageClient, django_assert_num_queries: Pinned, count: int
) -> None:
    remember_few(people=30)
    for place in range(1, count + 1):
        manager.post("/saved/", {"name": f"Filter {place}", "query": f"user=US{place}", "is_shared": "on"})

    with django_assert_num_queries(SESSION + DEMO + 2):  # the saved filters, and their teammates' names
        Client.get(manager, "/saved/")
    with django_assert_num_queries(ALL):
        Client.get(manager, LIST)


def test_an_unknown_number_needs_few_queries(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few()

    with django_assert_num_queries(WHOLE + OWN + 1):  # the number
        Client.get(manager, "/numbers/PNnew/")


def test_checking_a_fresh_page_needs_few_queries(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few()

    with django_assert_num_queries(SESSION + 2 * FRESHNESS + VERSION):  # before and after the skipped sync
        manager.post("/sync/", {"auto": "1"}, headers=HTMX)


def test_the_liveness_check_runs_no_query(client: Client, db: None, django_assert_num_queries: Pinned) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")


def test_the_readiness_check_runs_few_queries(client: Client, db: None, django_assert_max_num_queries: Pinned) -> None:
    with django_assert_max_num_queries(9):  # the lists of tables, a row of each, the migrations, the demo
        client.get("/readyz")
