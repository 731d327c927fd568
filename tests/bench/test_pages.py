"""The pages that the bench requests."""

from bench.pages import pages_of
from numbers.sandbox.workspace import build

WORKSPACE = build(120)
PAGES = pages_of(WORKSPACE)


def test_the_number_and_the_teammate_are_in_the_workspace() -> None:
    numbers = {f"/numbers/{record['id']}/": record for record in WORKSPACE.numbers}
    user = numbers[PAGES["a number"]]["users"][0]
    assert PAGES["a teammate"] == f"/teammates/{user['id']}/"
    assert PAGES["list of a teammate"] == f"/numbers/?user={user['id']}"


def test_the_last_page_of_120_numbers_is_the_third() -> None:
    assert PAGES["last page of the list"] == "/numbers/?page=3"


def test_the_audit_is_requested_with_each_grouping() -> None:
    assert [path for path in PAGES.values() if path.startswith("/audit/")] == [
        "/audit/?by=group",
        "/audit/?by=kind",
        "/audit/?by=teammate",
    ]
