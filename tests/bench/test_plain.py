"""The plain way shows what the product shows: else there would be nothing to compare."""

import re

import pytest
from pytest_django import Settings

from accounts.roles import Role
from bench import settings as of_the_bench
from numbers.sandbox.workspace import build
from tests.support.pages import Office, of_role, remember

WORKSPACE = build(70)


@pytest.fixture
def office(db: None, settings: Settings) -> Office:
    """Somebody signed in to the bench's project, whose memory holds 70 numbers."""
    settings.ROOT_URLCONF = of_the_bench.ROOT_URLCONF
    settings.TEMPLATES = of_the_bench.TEMPLATES
    remember(*WORKSPACE.numbers)
    return of_role(Role.MANAGER)


def numbers_on(office: Office, path: str) -> list[str]:
    page = office.get(path).content.decode()
    return list(dict.fromkeys(re.findall(r'href="/numbers/(PN\w+)/', page)))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "page=2",
        f"user={WORKSPACE.users[0]['id']}",
        "calling_intl=restricted",
        "q=maintenance+dispatch",
        "q=nothing+at+all",
        "sort=number",
        "sort=-number",
        "sort=no-such",
    ],
)
def test_it_shows_the_numbers_that_the_product_shows_in_their_order(office: Office, query: str) -> None:
    assert numbers_on(office, f"/bench/plain/?{query}") == numbers_on(office, f"/numbers/?{query}")


def test_it_sorts_by_how_many_are_on_a_number(office: Office) -> None:
    people = {record["id"]: len(record["users"]) for record in WORKSPACE.numbers}
    shown = [people[number] for number in numbers_on(office, "/bench/plain/?sort=-teammates")]
    assert shown == sorted(people.values(), reverse=True)[:50]
