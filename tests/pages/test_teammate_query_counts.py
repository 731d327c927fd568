"""The query counts of the teammates' pages are fixed and independent of the number of rows."""

from django.test import Client

from numbers.database.bulk_insert import refresh_statistics
from tests.support.caches import clear_caches
from tests.support.pages import HTMX, PageClient, find_one, parse_page, sync_all, text_of, total_of
from tests.support.query_counts import DEMO, OWN, WHOLE, Pinned
from tests.support.quo_answers import number, user
from tests.support.teammates import PEOPLE, people_on, sync_teammate

LISTED = 6  # the count, the keys of the page, its teammates, their reach, numbers with unidentified people, roles
# The teammate, all numbers, the visible ones, their teammates, roles and groups, numbers with unidentified people, and
# the last sync.
ONE = 7
LEFT = 7  # without numbers: the date they left and the last numbers, not the visible ones and their teammates

COUNTS = {
    PEOPLE: WHOLE + LISTED,
    f"{PEOPLE}?q=ann&role=member&numbers=several&sort=-numbers": WHOLE + LISTED,
    f"{PEOPLE}?calling_us=allowed": WHOLE + LISTED,
    "/teammates/US1/": WHOLE + OWN + ONE,
    "/teammates/USleft/": WHOLE + OWN + LEFT,
    "/teammates/USnew/": WHOLE + OWN + 2,  # the teammate, the last sync
}


def remember_few(people: int = 2, numbers: int = 2) -> None:
    teammates = [user(f"US{place}", firstName=f"Ann {place}") for place in range(1, people + 1)]
    records = [number(f"PN{place}", name=f"Desk {place}", users=teammates) for place in range(1, numbers + 1)]
    sync_all(*records, number("PNleft", users=[user("USleft")]))
    sync_all(*records, number("PNleft", users=[]))


def test_a_page_runs_a_fixed_number_of_queries(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few()

    for path, count in COUNTS.items():
        for headers, banner in (({}, DEMO), (HTMX, 0)):
            clear_caches()
            with django_assert_num_queries(count - DEMO + banner, info=path):
                Client.get(manager, path, headers=headers)


def test_more_rows_need_no_more_queries(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few(people=60, numbers=60)

    for path, count in COUNTS.items():
        clear_caches()
        with django_assert_num_queries(count, info=path):
            Client.get(manager, path)


def test_one_query_looks_up_all_numbers_of_a_mismatch(manager: PageClient, django_assert_num_queries: Pinned) -> None:
    remember_few(numbers=30)
    sync_teammate("US1", *[number(f"PN{place}", users=[]) for place in range(1, 31)])

    with django_assert_num_queries(WHOLE + OWN + LEFT + 1):
        Client.get(manager, "/teammates/US1/")


def _remember_many(people: int, numbers: int) -> None:
    """Remember many teammates, each on several numbers, and the first one on all."""
    everybody = [user(f"US{at:05}", firstName=f"Person {at}", email=f"us{at}@example.com") for at in range(people)]
    records = []
    for at in range(numbers):
        on_it = {0, at % people, at * 7 % people}
        calling = {"US": "unrestricted" if at % 2 else "restricted"}  # the other regions are not reported
        records.append(
            number(
                f"PN{at:05}",
                name=f"Line {at}",
                number=f"+1415{at:07}",
                users=[everybody[person] for person in sorted(on_it)],
                restrictions={"calling": calling, "messaging": {}},
            )
        )
    sync_all(*records)


def test_thousands_of_rows_are_found_with_statistics_of_an_empty_database(manager: PageClient) -> None:
    refresh_statistics()  # statistics of an empty database once made some pages hang
    _remember_many(people=1_500, numbers=3_000)
    reach = "calling_us=allowed&calling_intl=unknown"

    for path, total in (
        (PEOPLE, 1_500),
        (f"{PEOPLE}?{reach}", 751),
        (f"{PEOPLE}?q=person&role=member&numbers=several&sort=-numbers", 1_500),
    ):
        page = parse_page(Client.get(manager, path))
        assert total_of(page) == total
        assert "US00000" in people_on(page)
    assert (
        text_of(find_one(parse_page(Client.get(manager, "/teammates/US00000/")), "#numbers-title")) == "Numbers 3,000"
    )
