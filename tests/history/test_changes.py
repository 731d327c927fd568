"""Changes between syncs: their sentences, their order and their count."""

from datetime import timedelta
from typing import Any

import pytest

from numbers.history.changes import changes
from numbers.history.wording import NUMBER_FIELDS
from numbers.memory.version import memory_version
from numbers.quo.errors import Unauthorized
from numbers.quo.records import Regions
from tests.support.changes import ANN, BOB, newest, only_change, sentences
from tests.support.memory_state import NUMBER_COLUMNS
from tests.support.records import (
    NINE,
    FakeClient,
    Syncer,
    ids,
    number,
    numbers,
    teammate,
)

# The sentences


def test_the_first_answer_changes_nothing(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN), number("PN2", BOB))

    assert newest() == []


def test_the_first_complete_answer_makes_no_number_new(syncer: Syncer) -> None:
    syncer.sync_number(number("PN1", ANN))
    syncer.sync_all(number("PN1", ANN), number("PN2", BOB))

    assert newest() == []


def test_no_number_is_new_without_a_complete_answer(syncer: Syncer) -> None:
    syncer.sync_number(number("PN1", ANN))
    syncer.sync_number(number("PN2", BOB))

    assert newest() == []
    assert changes(since=NINE, limit=1, version=memory_version()).watching_since is None


def test_a_failed_first_sync_is_no_baseline(syncer: Syncer) -> None:
    syncer.sync(FakeClient(Unauthorized("No.", status=401)))
    syncer.sync_all(number("PN1"))
    syncer.sync_all(number("PN1"), number("PN2", name="Leasing"))

    assert sentences() == ["Leasing is new, with nobody on it"]


def test_a_known_number_that_differs_in_the_first_complete_answer_is_a_change(syncer: Syncer) -> None:
    syncer.sync_number(number("PN1", name="Sales"))
    syncer.sync_all(number("PN1", name="Leasing"))

    assert sentences() == ["Leasing: the name went from “Sales” to “Leasing”"]


def test_a_teammate_put_on_a_known_number_by_the_first_complete_answer_is_a_change(syncer: Syncer) -> None:
    syncer.sync_number(number("PN1", ANN))
    syncer.sync_all(number("PN1", ANN, BOB), number("PN2", BOB))

    assert sentences() == ["Bob Roe was put on Front desk"]


def test_a_known_teammate_who_differs_in_the_first_complete_answer_is_a_change(syncer: Syncer) -> None:
    syncer.sync_number(number("PN1", ANN))
    syncer.sync_all(number("PN1", teammate("US1", first_name="Anna", last_name="Lee")))

    assert sentences() == ["Anna Lee: the first name went from “Ann” to “Anna”"]


def test_an_equal_answer_changes_nothing(syncer: Syncer) -> None:
    for _ in range(3):
        syncer.sync_all(number("PN1", ANN, BOB))

    assert newest() == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (
            {"messaging": Regions("unrestricted", None, None)},
            {"messaging": Regions("restricted", None, None)},
            "Main line: messaging, United States went from allowed to restricted",
        ),
        (
            {"calling": Regions(None, None, None)},
            {"calling": Regions(None, None, "sometimes")},
            "Main line: calling, international went from not reported to not reported (“sometimes”)",
        ),
        ({"name": "Sales"}, {"name": "Main line"}, "Main line: the name went from “Sales” to “Main line”"),
        ({"name": "Sales"}, {"name": "  "}, "(no name): the name went from “Sales” to (no name)"),
        ({"name": "\u200b"}, {"name": "\u3164"}, "(no name): the name went from “\u200b” to “\u3164”"),
        (
            {"forward": None},
            {"forward": "+14155550100"},
            "Main line: forwarding went from not given to (415) 555-0100",
        ),
        (
            {"forward": "+14155550100"},
            {"forward": "(415) 555-0100"},
            "Main line: forwarding went from “+14155550100” to “(415) 555-0100”",
        ),
        (
            {"number": "+12065550100", "forward": "(876) 555-0123"},
            {"number": "", "forward": "front desk"},
            "Main line: the number itself went from (206) 555-0100 to not given; "
            "forwarding went from (876) 555-0123 (Jamaica) to front desk",
        ),
        ({"forward": "+14155550100"}, {"forward": ""}, "Main line: forwarding went from (415) 555-0100 to not given"),
        (
            {"number": "+14155550100"},
            {"number": "+442079460958"},
            "Main line: the number itself went from (415) 555-0100 to +44 20 7946 0958 (United Kingdom)",
        ),
        (
            {"porting_status": None},
            {"porting_status": "pending"},
            "Main line: porting went from not given to “pending”",
        ),
        ({"symbol": "🏡"}, {"symbol": None}, "Main line: the symbol went from “🏡” to not given"),
        ({"group_id": "1"}, {"group_id": "2"}, "Main line: the group went from “1” to “2”"),
        (
            {"updated_at": "a"},
            {"updated_at": "b"},
            "Main line: Quo marked it as updated, and shows no other difference",
        ),
        (
            {"updated_at": "a", "symbol": None, "calling": Regions("restricted", None, None)},
            {"updated_at": "b", "symbol": "🏡", "calling": Regions("unrestricted", None, None)},
            "Main line: calling, United States went from restricted to allowed; the symbol went from not given to “🏡”",
        ),
    ],
)
def test_a_changed_number_is_put_in_words(
    syncer: Syncer, before: dict[str, Any], after: dict[str, Any], sentence: str
) -> None:
    syncer.sync_all(number(**{"name": "Main line", **before}))
    syncer.sync_all(number(**{"name": "Main line", **before, **after}))

    assert sentences() == [sentence]


def test_every_field_of_a_number_has_words() -> None:
    apart = {"updated_at_text", "unidentified", "oddities"}  # they have their own words
    assert {*NUMBER_FIELDS} | apart == set(NUMBER_COLUMNS)


def test_a_new_number_is_listed_with_its_teammates(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"))
    syncer.sync_all(number("PN1"), number("PN2", ANN, BOB, name="Leasing"), number("PN3", name="Spare"))

    assert sentences() == ["Leasing is new, with Ann Lee and Bob Roe on it", "Spare is new, with nobody on it"]


def test_a_number_can_go_and_come_back(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1"), number("PN2", ANN, name="Leasing"))
    syncer.sync_all(number("PN1"))
    syncer.sync_all(number("PN1"), number("PN2", BOB, name="Leasing"))

    assert sentences() == ["Leasing is back, with Bob Roe on it", "Leasing is gone: Quo no longer has it"]


def test_teammates_put_on_and_taken_off_are_put_in_words(syncer: Syncer) -> None:
    cas = teammate("US3", first_name="Cas", last_name=None)
    syncer.sync_all(number("PN1", name="Leasing"))
    syncer.sync_all(number("PN1", ANN, name="Leasing"))
    syncer.sync_all(number("PN1", BOB, cas, name="Leasing"))
    syncer.sync_all(number("PN1", name="Leasing"))

    assert sentences() == [
        "Bob Roe and Cas were taken off Leasing",
        "Bob Roe and Cas were put on Leasing; Ann Lee was taken off it",
        "Ann Lee was put on Leasing",
    ]


def test_one_answer_makes_one_change_of_a_number(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN, name="Sales"))
    syncer.sync_all(number("PN1", BOB, name="Leasing"))

    assert sentences() == [
        "Leasing: the name went from “Sales” to “Leasing”; Bob Roe was put on it; Ann Lee was taken off it"
    ]


def test_only_the_first_of_many_teammates_are_named(syncer: Syncer) -> None:
    teammates = [teammate(f"US{letter}", first_name=letter, last_name=None) for letter in "FEDCBA"]
    syncer.sync_all(number("PN1", name="Leasing"))
    syncer.sync_all(number("PN1", *teammates[2:], name="Leasing"))
    syncer.sync_all(number("PN1", name="Leasing"))
    syncer.sync_all(number("PN1", *teammates, name="Leasing"))

    assert sentences()[0] == "A, B, C and 3 more were put on Leasing"
    assert sentences()[2] == "A, B, C and D were put on Leasing"


def test_a_changed_teammate_is_put_in_words(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN))
    syncer.sync_all(number("PN1", teammate("US1", first_name="Ann", last_name="Smith", email="ann@example.com")))

    assert sentences() == [
        "Ann Smith: the last name went from “Lee” to “Smith”; the email address went from us1@example.com to "
        "ann@example.com"
    ]
    assert only_change().subject == "US1"


def test_a_new_role_is_one_change_however_many_numbers(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN), number("PN2", ANN))
    boss = teammate("US1", first_name="Ann", last_name="Lee", role="owner", group_id="GR9")
    syncer.sync_all(number("PN1", boss), number("PN2", boss))

    assert sentences() == ["Ann Lee: the role went from member to owner"]


def test_names_are_those_at_the_time_of_the_change(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", name="Sales"))
    syncer.sync_all(number("PN1", ANN, name="Sales"))
    syncer.sync_all(number("PN1", teammate("US1", first_name="Ann", last_name="Smith"), name="Leasing"))
    syncer.sync_all(number("PN1", name="Leasing"))

    assert sentences() == [
        "Ann Smith was taken off Leasing",
        "Leasing: the name went from “Sales” to “Leasing”",
        "Ann Smith: the last name went from “Lee” to “Smith”",
        "Ann Lee was put on Sales",
    ]


def test_numbers_and_teammates_are_links(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", name="Leasing"))
    syncer.sync_all(number("PN1", ANN, name="Leasing"))

    links = {part.text: part.url for part in only_change().parts if part.url}
    assert links == {"Ann Lee": "/teammates/US1/", "Leasing": "/numbers/PN1/"}


def test_outside_text_has_its_own_part(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", symbol="OUTSIDE1", name="Sales"))
    ann = teammate("US1", first_name="OUTSIDE2", last_name=None)
    syncer.sync_all(number("PN1", ann, symbol="OUTSIDE3", name="OUTSIDE4", calling=Regions("OUTSIDE5", None, None)))

    outside = [part for part in only_change().parts if "OUTSIDE" in part.text]
    assert {part.text for part in outside} == {f"OUTSIDE{index}" for index in range(1, 6)}
    assert all(part.is_outside for part in outside)


# Order and count


def test_the_newest_changes_come_first_and_numbers_before_teammates(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN, name="A"))
    syncer.sync_all(number("PN1", ANN, name="B"))
    syncer.sync_all(number("PN1", teammate("US1", first_name="Anna"), name="C"))

    assert [change.subject for change in newest()] == ["PN1", "US1", "PN1"]
    assert [change.latest for change in newest()] == sorted((change.latest for change in newest()), reverse=True)


def test_changes_beyond_the_limit_are_only_counted(syncer: Syncer) -> None:
    syncer.sync_all(*(number(quo_id, name="A") for quo_id in ids(9)))
    syncer.sync_all(*(number(quo_id, name="B") for quo_id in ids(9)))

    found = changes(since=NINE, limit=4, version=memory_version())

    assert (len(found.found), found.total, found.more) == (4, 9, 5)


def test_only_changes_found_since_the_given_time_are_returned(syncer: Syncer) -> None:
    bob = teammate("US2", first_name="Bobby", last_name="Roe")
    syncer.sync_all(number("PN1", BOB), *numbers("PN2", "PN3"), number("PN4", BOB))
    syncer.sync_all(number("PN1", BOB, name="Sales"), *numbers("PN2", "PN3"), number("PN4", BOB))
    syncer.sync_all(number("PN1", bob, name="Leasing"), number("PN2", bob), *numbers("PN4", "PN5"))
    begin = syncer.clock.now
    syncer.sync_all(number("PN1", bob, name="Rentals"), number("PN2", bob), *numbers("PN4", "PN5"))

    found = {change.subject: change.latest for change in newest(since=begin)}
    assert set(found) == {"PN1", "PN2", "PN3", "PN4", "PN5", "US2"}
    assert min(found.values()) == begin
    assert [change.subject for change in newest(since=begin + timedelta(seconds=1))] == ["PN1"]
    assert newest(since=syncer.clock.now + timedelta(seconds=1)) == []


def test_every_change_has_a_unique_key(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", ANN, name="A"), number("PN2"))
    syncer.clock.move(minutes=-2)  # the next answers are a microsecond apart
    syncer.sync_all(number("PN1", ANN, name="B"), number("PN2", name="B"))
    syncer.clock.move(minutes=-2)
    syncer.sync_all(number("PN1", teammate("US1", first_name="Anna"), name="C"), number("PN2", name="C"))

    keys = [change.key for change in newest()]
    assert len(keys) == len(set(keys)) == 5
    assert all(key.isascii() and key.replace("-", "").isalnum() for key in keys)


@pytest.mark.parametrize("count", [1, 60])
def test_the_number_of_queries_is_the_same_for_few_and_for_many(
    syncer: Syncer, django_assert_num_queries: Any, count: int
) -> None:
    syncer.sync_all(*(number(quo_id, ANN, name="A") for quo_id in ids(count)))
    syncer.sync_all(*(number(quo_id, teammate("US1", first_name="Anna"), BOB, name="B") for quo_id in ids(count)))
    syncer.sync_all(*(number(quo_id, name="C") for quo_id in ids(count)))

    version = memory_version()
    # the baseline, whether there was an answer before it, the keys, the states of numbers, teammates put on,
    # teammates taken off, the states of teammates
    with django_assert_num_queries(7):
        changes(since=NINE, limit=500, version=version)
