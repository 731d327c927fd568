from datetime import datetime, timedelta
from typing import Any

import pytest

from numbers.history.changes import Change, changes
from numbers.history.wording import NUMBER_FIELDS
from numbers.memory.version import memory_version
from numbers.models import MAX_SET_ASIDE, Sync
from numbers.quo.errors import Unauthorized
from numbers.quo.payloads import Regions
from tests.support.records import NINE, Office, Source, answer, ids, number, numbers, of_number, of_teammate, teammate
from tests.support.stored import NUMBER_COLUMNS

ANN = teammate("US1", first_name="Ann", last_name="Lee")
BOB = teammate("US2", first_name="Bob", last_name="Roe")


@pytest.fixture
def office(db: None) -> Office:
    return Office()


def told(limit: int = 50, since: datetime = NINE) -> list[Change]:
    return list(changes(since=since, limit=limit, version=memory_version()).found)


def sentences() -> list[str]:
    return [change.sentence for change in told()]


def only() -> Change:
    (change,) = told()
    return change


# What is told


def test_what_the_first_answer_finds_did_not_change(office: Office) -> None:
    office.hears(number("PN1", ANN), number("PN2", BOB))

    assert told() == []


def test_before_the_first_complete_answer_nothing_is_called_new(office: Office) -> None:
    office.hears_of_number(number("PN1", ANN))
    office.hears(number("PN1", ANN), number("PN2", BOB))

    assert told() == []


def test_a_memory_without_a_complete_answer_calls_nothing_new(office: Office) -> None:
    office.hears_of_number(number("PN1", ANN))
    office.hears_of_number(number("PN2", BOB))

    assert told() == []
    assert changes(since=NINE, limit=1, version=memory_version()).watching_since is None


def test_a_first_sync_that_failed_was_no_first_look(office: Office) -> None:
    office.sync(Source(Unauthorized("No.", status=401)))
    office.hears(number("PN1"))
    office.hears(number("PN1"), number("PN2", name="Leasing"))

    assert sentences() == ["Leasing is new, with nobody on it"]


def test_a_change_between_the_first_look_and_the_first_complete_answer_is_told(office: Office) -> None:
    office.hears_of_number(number("PN1", name="Sales"))
    office.hears(number("PN1", name="Leasing"))

    assert sentences() == ["Leasing: the name went from “Sales” to “Leasing”"]


def test_people_whom_the_first_complete_answer_puts_on_a_number_that_was_known_are_told(office: Office) -> None:
    office.hears_of_number(number("PN1", ANN))
    office.hears(number("PN1", ANN, BOB), number("PN2", BOB))

    assert sentences() == ["Bob Roe was put on Front desk"]


def test_a_teammate_whom_the_first_complete_answer_describes_otherwise_is_told(office: Office) -> None:
    office.hears_of_number(number("PN1", ANN))
    office.hears(number("PN1", teammate("US1", first_name="Anna", last_name="Lee")))

    assert sentences() == ["Anna Lee: the first name went from “Ann” to “Anna”"]


def test_an_answer_that_says_the_same_changes_nothing(office: Office) -> None:
    for _ in range(3):
        office.hears(number("PN1", ANN, BOB))

    assert told() == []


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
        ({"name": "Sales"}, {"name": "  "}, "(no name): the name went from “Sales” to “  ”"),
        (
            {"forward": None},
            {"forward": "+14155550100"},
            "Main line: forwarding went from nowhere to (415) 555-0100",
        ),
        (
            {"forward": "+14155550100"},
            {"forward": "(415) 555-0100"},
            "Main line: forwarding went from “+14155550100” to “(415) 555-0100”",
        ),
        ({"forward": "+14155550100"}, {"forward": ""}, "Main line: forwarding went from (415) 555-0100 to nowhere"),
        (
            {"number": "+14155550100"},
            {"number": "+442079460958"},
            "Main line: the number itself went from (415) 555-0100 to +44 20 7946 0958",
        ),
        ({"porting_status": None}, {"porting_status": "pending"}, "Main line: porting went from none to “pending”"),
        ({"symbol": "🏡"}, {"symbol": None}, "Main line: the symbol went from “🏡” to none"),
        ({"group_id": "1"}, {"group_id": "2"}, "Main line: the group went from “1” to “2”"),
        (
            {"updated_at": "a"},
            {"updated_at": "b"},
            "Main line: Quo marked it as updated, and shows no other difference",
        ),
        (
            {"updated_at": "a", "symbol": None, "calling": Regions("restricted", None, None)},
            {"updated_at": "b", "symbol": "🏡", "calling": Regions("unrestricted", None, None)},
            "Main line: calling, United States went from restricted to allowed; the symbol went from none to “🏡”",
        ),
    ],
)
def test_a_number_that_is_described_otherwise(
    office: Office, before: dict[str, Any], after: dict[str, Any], sentence: str
) -> None:
    office.hears(number(**{"name": "Main line", **before}))
    office.hears(number(**{"name": "Main line", **before, **after}))

    assert sentences() == [sentence]


def test_every_field_of_a_number_can_be_told() -> None:
    assert {*NUMBER_FIELDS, "updated_at_text"} == set(NUMBER_COLUMNS)


def test_a_number_is_new_with_those_who_are_on_it(office: Office) -> None:
    office.hears(number("PN1"))
    office.hears(number("PN1"), number("PN2", ANN, BOB, name="Leasing"), number("PN3", name="Spare"))

    assert sentences() == ["Leasing is new, with Ann Lee and Bob Roe on it", "Spare is new, with nobody on it"]


def test_a_number_goes_and_comes_back(office: Office) -> None:
    office.hears(number("PN1"), number("PN2", ANN, name="Leasing"))
    office.hears(number("PN1"))
    office.hears(number("PN1"), number("PN2", BOB, name="Leasing"))

    assert sentences() == ["Leasing is back, with Bob Roe on it", "Leasing is gone: Quo no longer has it"]


def test_people_who_are_put_on_and_taken_off(office: Office) -> None:
    cas = teammate("US3", first_name="Cas", last_name=None)
    office.hears(number("PN1", name="Leasing"))
    office.hears(number("PN1", ANN, name="Leasing"))
    office.hears(number("PN1", BOB, cas, name="Leasing"))
    office.hears(number("PN1", name="Leasing"))

    assert sentences() == [
        "Bob Roe and Cas were taken off Leasing",
        "Bob Roe and Cas were put on Leasing; Ann Lee was taken off it",
        "Ann Lee was put on Leasing",
    ]


def test_what_one_answer_changes_of_a_number_is_one_change(office: Office) -> None:
    office.hears(number("PN1", ANN, name="Sales"))
    office.hears(number("PN1", BOB, name="Leasing"))

    assert sentences() == [
        "Leasing: the name went from “Sales” to “Leasing”; Bob Roe was put on it; Ann Lee was taken off it"
    ]


def test_of_many_people_the_first_are_named(office: Office) -> None:
    people = [teammate(f"US{letter}", first_name=letter, last_name=None) for letter in "FEDCBA"]
    office.hears(number("PN1", name="Leasing"))
    office.hears(number("PN1", *people[2:], name="Leasing"))
    office.hears(number("PN1", name="Leasing"))
    office.hears(number("PN1", *people, name="Leasing"))

    assert sentences()[0] == "A, B, C and 3 more were put on Leasing"
    assert sentences()[2] == "A, B, C and D were put on Leasing"


def test_a_teammate_who_is_described_otherwise(office: Office) -> None:
    office.hears(number("PN1", ANN))
    office.hears(number("PN1", teammate("US1", first_name="Ann", last_name="Smith", email="ann@example.com")))

    assert sentences() == [
        "Ann Smith: the last name went from “Lee” to “Smith”; the email address went from us1@example.com to "
        "ann@example.com"
    ]
    assert only().subject == "US1"


def test_a_role_is_told_once_and_not_for_each_number(office: Office) -> None:
    office.hears(number("PN1", ANN), number("PN2", ANN))
    boss = teammate("US1", first_name="Ann", last_name="Lee", role="owner", group_id="GR9")
    office.hears(number("PN1", boss), number("PN2", boss))

    assert sentences() == ["Ann Lee: the role went from member to owner"]


def test_names_are_those_of_that_time(office: Office) -> None:
    office.hears(number("PN1", name="Sales"))
    office.hears(number("PN1", ANN, name="Sales"))
    office.hears(number("PN1", teammate("US1", first_name="Ann", last_name="Smith"), name="Leasing"))
    office.hears(number("PN1", name="Leasing"))

    assert sentences() == [
        "Ann Smith was taken off Leasing",
        "Leasing: the name went from “Sales” to “Leasing”",
        "Ann Smith: the last name went from “Lee” to “Smith”",
        "Ann Lee was put on Sales",
    ]


def test_numbers_and_people_are_links(office: Office) -> None:
    office.hears(number("PN1", name="Leasing"))
    office.hears(number("PN1", ANN, name="Leasing"))

    links = {part.text: part.url for part in only().parts if part.url}
    assert links == {"Ann Lee": "/teammates/US1/", "Leasing": "/numbers/PN1/"}


def test_what_comes_from_outside_stands_alone_in_its_part(office: Office) -> None:
    office.hears(number("PN1", symbol="OUTSIDE1", name="Sales"))
    ann = teammate("US1", first_name="OUTSIDE2", last_name=None)
    office.hears(number("PN1", ann, symbol="OUTSIDE3", name="OUTSIDE4", calling=Regions("OUTSIDE5", None, None)))

    outside = [part for part in only().parts if "OUTSIDE" in part.text]
    assert {part.text for part in outside} == {f"OUTSIDE{place}" for place in range(1, 6)}
    assert all(part.is_outside for part in outside)


# When it was


def test_a_change_lies_between_the_last_look_at_the_old_and_the_first_at_the_new(office: Office) -> None:
    office.hears(number("PN1", name="Sales"))
    before = office.hears(number("PN1", name="Sales"))
    after = office.hears(number("PN1", name="Leasing"))
    office.hears(number("PN1", name="Leasing"))

    assert (only().earliest, only().latest) == (before.observed_at, after.observed_at)


def test_a_look_at_the_number_alone_confirms_it(office: Office) -> None:
    office.hears(number("PN1"), number("PN2"))
    alone = office.hears_of_number(number("PN1"))
    office.hears_of_number(number("PN2"))
    office.hears(number("PN1", ANN), number("PN2"))

    assert only().earliest == alone.observed_at


def test_a_look_at_a_teammate_confirms_the_numbers_they_are_on(office: Office) -> None:
    whole = office.hears(number("PN1", ANN, name="Sales"), number("PN2", name="Spare"))
    of_ann = office.hears_of_teammate("US1", number("PN1", ANN, name="Sales"))
    office.hears(number("PN1", ANN, name="Leasing"), number("PN2", name="Reserve"))

    assert [change.earliest for change in told()] == [of_ann.observed_at, whole.observed_at]


def test_of_the_looks_at_those_who_are_on_a_number_the_last_one_counts(office: Office) -> None:
    people = (ANN, BOB, teammate("US3"))
    office.hears(number("PN1", *people))
    office.hears_of_teammate("US1", number("PN1", *people))
    of_bob = office.hears_of_teammate("US2", number("PN1", *people))
    office.hears(number("PN1", *people[1:]))
    office.hears(number("PN1", *people))
    of_ann = office.hears_of_teammate("US1", number("PN1", *people))
    office.hears(number("PN1", *people[1:]))

    assert [change.earliest for change in told()[::2]] == [of_ann.observed_at, of_bob.observed_at]


def test_a_look_at_a_teammate_who_is_no_longer_on_the_number_does_not_confirm_it(office: Office) -> None:
    office.hears(number("PN1", ANN))
    whole = office.hears(number("PN1", name="Sales"))
    office.hears_of_teammate("US1")
    office.hears(number("PN1", name="Leasing"))

    assert told()[0].earliest == whole.observed_at


def test_a_look_at_a_teammate_that_leaves_a_number_out_confirms_nothing(office: Office) -> None:
    whole = office.hears(number("PN1", ANN), number("PN2", ANN))
    office.hears_of_teammate("US1", number("PN1", ANN))  # Quo does not find the other one
    office.hears(number("PN1", ANN), number("PN2"))

    assert only().earliest == whole.observed_at


def test_a_sync_that_failed_confirms_nothing(office: Office) -> None:
    whole = office.hears(number("PN1"))
    office.sync(Source(Unauthorized("No.", status=401)))
    office.sync(Source(single={"PN1": Unauthorized("No.", status=401)}), of_number("PN1"))
    office.hears(number("PN1", ANN))

    assert only().earliest == whole.observed_at


def test_an_answer_in_which_the_number_could_not_be_read_confirms_the_others_only(office: Office) -> None:
    names = ("PN1", "PN11", "PN111")
    whole = office.hears(*numbers(*names))
    unreadable = office.hears(*numbers("PN1", "PN111"), aside=("PN11",))
    office.hears(*(number(name, ANN) for name in names))

    assert {change.subject: change.earliest for change in told()} == {
        "PN1": unreadable.observed_at,
        "PN11": whole.observed_at,
        "PN111": unreadable.observed_at,
    }


def test_a_look_at_a_teammate_in_which_the_number_could_not_be_read_confirms_nothing(office: Office) -> None:
    whole = office.hears(number("PN1", ANN))
    office.sync(Source(of={"US1": answer(aside=("PN1",))}), of_teammate("US1"))
    office.hears(number("PN1"))

    assert only().earliest == whole.observed_at


def test_an_answer_of_which_too_much_could_not_be_read_confirms_nothing(office: Office) -> None:
    whole = office.hears(number("PN1"))
    office.hears(number("PN1"), aside=tuple(f"PNodd{place}" for place in range(MAX_SET_ASIDE + 1)))
    office.hears(number("PN1", ANN))

    assert only().earliest == whole.observed_at


def test_an_answer_that_was_not_believed_confirms_nothing(office: Office) -> None:
    whole = office.hears(*numbers(*ids(12)))
    assert office.hears(number("PN00001")).held
    office.clock.move(hours=2)
    assert office.hears(number("PN00001")).gone == 11

    assert {change.earliest for change in told()} == {whole.observed_at}
    assert len(told()) == 11


def test_a_new_number_came_after_the_last_complete_answer(office: Office) -> None:
    whole = office.hears(number("PN1"))
    office.hears_of_number(number("PN1"))
    office.hears(number("PN1"), number("PN2"))

    assert only().earliest == whole.observed_at


def test_where_nobody_looked_before_there_is_no_earlier_end(office: Office) -> None:
    office.hears_of_teammate("US1", number("PN1", ANN, name="Sales"), PN2=number("PN2"))
    Sync.objects.update(outcome="failed", observed_at=None)
    office.hears(number("PN1", ANN, name="Leasing"))

    assert only().earliest is None


def test_a_teammate_is_confirmed_wherever_they_are_on_a_number(office: Office) -> None:
    renamed = teammate("US1", first_name="Anna", last_name="Lee")
    office.hears(number("PN1", ANN), number("PN2"))
    alone = office.hears_of_number(number("PN1", ANN))
    office.hears_of_number(number("PN2"))
    office.hears(number("PN1", renamed), number("PN2"))
    of_ann = office.hears_of_teammate("US1", number("PN1", renamed))
    office.hears_of_teammate("US2")
    office.hears(number("PN1", ANN), number("PN2"))

    assert [change.earliest for change in told()] == [of_ann.observed_at, alone.observed_at]


def test_an_answer_that_says_nothing_of_a_teammate_does_not_confirm_them(office: Office) -> None:
    on_it = office.hears(number("PN1", ANN))
    office.hears(number("PN1"))
    office.hears_of_teammate("US1")
    office.hears(number("PN1", teammate("US1", first_name="Anna", last_name="Lee")))

    assert {change.subject: change.earliest for change in told() if change.subject == "US1"} == {
        "US1": on_it.observed_at
    }


def test_an_answer_that_was_not_believed_does_not_confirm_a_teammate(office: Office) -> None:
    whole = office.hears(*numbers(*ids(12)), number("PN1", ANN))
    assert office.hears(number("PN00001")).held
    office.hears(*numbers(*ids(12)), number("PN1", teammate("US1", first_name="Anna", last_name="Lee")))

    assert only().earliest == whole.observed_at


# Which, and how many


def test_the_newest_come_first_and_of_one_answer_the_numbers(office: Office) -> None:
    office.hears(number("PN1", ANN, name="A"))
    office.hears(number("PN1", ANN, name="B"))
    office.hears(number("PN1", teammate("US1", first_name="Anna"), name="C"))

    assert [change.subject for change in told()] == ["PN1", "US1", "PN1"]
    assert [change.latest for change in told()] == sorted((change.latest for change in told()), reverse=True)


def test_only_as_many_as_asked_for_are_told_and_the_others_counted(office: Office) -> None:
    office.hears(*(number(quo_id, name="A") for quo_id in ids(9)))
    office.hears(*(number(quo_id, name="B") for quo_id in ids(9)))

    found = changes(since=NINE, limit=4, version=memory_version())

    assert (len(found.found), found.total, found.more) == (4, 9, 5)


def test_only_what_was_found_since_then_is_told(office: Office) -> None:
    bob = teammate("US2", first_name="Bobby", last_name="Roe")
    office.hears(number("PN1", BOB), *numbers("PN2", "PN3"), number("PN4", BOB))
    office.hears(number("PN1", BOB, name="Sales"), *numbers("PN2", "PN3"), number("PN4", BOB))
    office.hears(number("PN1", bob, name="Leasing"), number("PN2", bob), *numbers("PN4", "PN5"))
    begin = office.clock.now
    office.hears(number("PN1", bob, name="Rentals"), number("PN2", bob), *numbers("PN4", "PN5"))

    found = {change.subject: change.latest for change in told(since=begin)}
    assert set(found) == {"PN1", "PN2", "PN3", "PN4", "PN5", "US2"}
    assert min(found.values()) == begin
    assert [change.subject for change in told(since=begin + timedelta(seconds=1))] == ["PN1"]
    assert told(since=office.clock.now + timedelta(seconds=1)) == []


def test_every_change_has_a_key_of_its_own(office: Office) -> None:
    office.hears(number("PN1", ANN, name="A"), number("PN2"))
    office.clock.move(minutes=-2)  # the next answers are a microsecond apart
    office.hears(number("PN1", ANN, name="B"), number("PN2", name="B"))
    office.clock.move(minutes=-2)
    office.hears(number("PN1", teammate("US1", first_name="Anna"), name="C"), number("PN2", name="C"))

    keys = [change.key for change in told()]
    assert len(keys) == len(set(keys)) == 5
    assert all(key.isascii() and key.replace("-", "").isalnum() for key in keys)


@pytest.mark.parametrize("count", [1, 60])
def test_the_queries_are_the_same_for_few_and_for_many(
    office: Office, django_assert_num_queries: Any, count: int
) -> None:
    office.hears(*(number(quo_id, ANN, name="A") for quo_id in ids(count)))
    office.hears(*(number(quo_id, teammate("US1", first_name="Anna"), BOB, name="B") for quo_id in ids(count)))
    office.hears(*(number(quo_id, name="C") for quo_id in ids(count)))

    version = memory_version()
    # the first look, what was known before, the keys; of numbers the states, who came and who went; of teammates
    # the states
    with django_assert_num_queries(7):
        changes(since=NINE, limit=500, version=version)
