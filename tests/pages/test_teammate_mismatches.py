"""Mismatches between Quo's list for a teammate and the teammates in the numbers' own records."""

import pytest

from numbers.memory.sync_target import SyncTarget
from numbers.models import Sync
from numbers.quo.errors import from_answer
from numbers.syncing.run import KEPT_MISMATCHED, LOOK_UPS
from tests.support.pages import PageClient, find_one, parse_page, sync_all, sync_failure, text_of
from tests.support.quo_answers import number, user
from tests.support.teammates import named_in, sync_teammate

PAGE = "/teammates/US1/"
OTHERS = [user("US2")]


def mismatch_on(manager: PageClient) -> str:
    return text_of(find_one(parse_page(manager.get(PAGE)), "#mismatch"))


def test_a_listed_number_that_does_not_name_the_teammate_is_a_mismatch(manager: PageClient) -> None:
    stranger = number("PN2", name="Strange", users=OTHERS)
    sync_all(number("PN1"), stranger)

    sync = sync_teammate("US1", number("PN1"), stranger)

    sentence = "Quo lists 1 number for this teammate without naming them on it."
    assert sync.mismatches == [{"sentence": sentence, "numbers": ["PN2"]}]
    section = find_one(parse_page(manager.get(PAGE)), "#mismatch")
    assert sentence in text_of(section)
    assert named_in(section) == {"Strange": "/numbers/PN2/"}


def test_an_unlisted_number_that_names_the_teammate_is_a_mismatch(manager: PageClient) -> None:
    unlisted = number("PN2", name="Left out")
    sync_all(number("PN1"), unlisted)

    sync = sync_teammate("US1", number("PN1"), alone=[unlisted])

    sentence = "Quo's list for this teammate leaves out 1 number that the teammate is on."
    assert sync.mismatches == [{"sentence": sentence, "numbers": ["PN2"]}]
    assert named_in(find_one(parse_page(manager.get(PAGE)), "#mismatch")) == {"Left out": "/numbers/PN2/"}


def test_an_unlisted_number_that_quo_does_not_know_is_a_mismatch(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN/2", name="Lost"))

    sync = sync_teammate("US1", number("PN1"), unknown=["PN/2"])

    assert [mismatch["numbers"] for mismatch in sync.mismatches] == [["PN/2"]]
    assert named_in(find_one(parse_page(manager.get(PAGE)), "#mismatch")) == {"Lost": "/numbers/PN%2F2/"}


def test_numbers_that_were_not_looked_up_are_mismatches_too(manager: PageClient) -> None:
    all_of_them = [number(f"PN{place:02}") for place in range(LOOK_UPS + 3)]
    sync_all(*all_of_them)

    sync = sync_teammate("US1", alone=all_of_them[:LOOK_UPS])

    assert [mismatch["numbers"] for mismatch in sync.mismatches] == [
        [f"PN{place:02}" for place in range(LOOK_UPS)],
        [f"PN{place:02}" for place in range(LOOK_UPS, LOOK_UPS + 3)],
    ]


def test_an_unlisted_number_without_the_teammate_is_no_mismatch(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2"))

    sync = sync_teammate("US1", number("PN1"), alone=[number("PN2", users=OTHERS)])

    assert sync.mismatches == []
    assert not parse_page(manager.get(PAGE)).css("#mismatch")


def test_only_unlisted_numbers_that_still_name_the_teammate_are_shown(manager: PageClient) -> None:
    left, on_one, on_another = number("PN1", users=OTHERS), number("PN2", name="One"), number("PN3", name="Another")
    sync_all(number("PN1"), on_one, on_another)

    sync = sync_teammate("US1", alone=[left, on_one, on_another])

    assert [mismatch["numbers"] for mismatch in sync.mismatches] == [["PN2", "PN3"]]
    named = named_in(find_one(parse_page(manager.get(PAGE)), "#mismatch"))
    assert named == {"One": "/numbers/PN2/", "Another": "/numbers/PN3/"}


def test_of_many_mismatched_numbers_the_first_are_stored_and_all_counted(manager: PageClient) -> None:
    strangers = [number(f"PN{place:03}", users=OTHERS) for place in range(KEPT_MISMATCHED + 5)]
    sync_all(number("PNown"), *strangers)

    sync = sync_teammate("US1", number("PNown"), *strangers)

    (mismatch,) = sync.mismatches
    assert len(mismatch["numbers"]) == KEPT_MISMATCHED
    assert f"lists {KEPT_MISMATCHED + 5} numbers" in mismatch["sentence"]


def test_each_mismatch_is_a_notice_of_its_sync(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", users=OTHERS))

    sync = sync_teammate("US1", number("PN1"), number("PN2", users=OTHERS))

    assert sync.notices == [mismatch["sentence"] for mismatch in sync.mismatches]


def test_a_list_that_agrees_with_the_records_is_no_mismatch(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert sync_teammate("US1", number("PN1")).mismatches == []
    assert not parse_page(manager.get(PAGE)).css("#mismatch")


def test_a_sync_of_the_workspace_has_no_mismatches(manager: PageClient) -> None:
    assert sync_all(number("PN1", users=OTHERS)).mismatches == []


def test_the_last_answer_about_the_teammate_counts(manager: PageClient) -> None:
    stranger = number("PN2", users=OTHERS)
    sync_all(number("PN1"), stranger)
    sync_teammate("US1", number("PN1"), stranger)
    sync_teammate("US1", number("PN1"))

    assert not parse_page(manager.get(PAGE)).css("#mismatch")


@pytest.mark.parametrize("about", ["US1", "US2"])
def test_a_failed_or_unrelated_sync_clears_no_mismatch(manager: PageClient, about: str) -> None:
    stranger = number("PN2", users=OTHERS)
    sync_all(number("PN1"), stranger)
    sync_teammate("US1", number("PN1"), stranger)
    if about == "US1":
        sync_failure(from_answer(500, b"", resource="list"), SyncTarget(Sync.Scope.TEAMMATE, about))
    else:
        sync_teammate(about, stranger)

    assert "without naming them on it" in mismatch_on(manager)


def test_a_mismatched_number_that_is_gone_is_shown_by_id(manager: PageClient) -> None:
    sync_all(number("PN1"), number("PN2", users=OTHERS))
    sync_teammate("US1", number("PN1"), number("PN2", users=OTHERS))
    sync_all(number("PN1"), number("PN3"))

    assert named_in(find_one(parse_page(manager.get(PAGE)), "#mismatch")) == {"PN2": "/numbers/PN2/"}


def test_a_mismatch_of_a_teammate_without_numbers_is_shown(manager: PageClient) -> None:
    sync_all(number("PN1"))
    sync_all(number("PN1", users=OTHERS))
    sync_teammate("US1", number("PN1", users=OTHERS))

    assert "Quo lists 1 number for this teammate without naming them on it." in mismatch_on(manager)
