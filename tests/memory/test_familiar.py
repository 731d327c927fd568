"""What Quo says in the words of the time before is not read again, and means the same as if it were."""

import json
from typing import Any

import pytest

from numbers import familiar
from numbers.models import LastAnswer, PhoneNumber, Sync, TeammateState
from numbers.quo.payloads import NumberRecord
from tests.support.records import InWords, Office, answer, changed, number, of_teammate, teammate
from tests.support.stored import everything, view, written

ADA, BEA = teammate("US1"), teammate("US2", first_name="Bea")
EVE = teammate("US1", first_name="Eve")  # the same as Ada
FIRST, SECOND = number("PN1", ADA), number("PN2", BEA)


def hears(office: Office, *records: NumberRecord, **options: Any) -> tuple[Sync, tuple[str, ...]]:
    """The sync of a complete answer, and the numbers that were read for it."""
    source = InWords(answer(*records))
    sync = office.sync(source, **options)
    assert sync.outcome == Sync.Outcome.SUCCEEDED, sync.error_sentence
    return sync, source.read


def respelled(record: NumberRecord) -> NumberRecord:
    """The same number in other words: its keys the other way round."""
    return changed(record, answer=json.dumps(dict(reversed(json.loads(record.answer).items()))))


def first_name() -> str | None:
    return TeammateState.objects.get(teammate__quo_id="US1", until=None).first_name


@pytest.fixture(autouse=True)
def heard(office: Office) -> None:
    """Both numbers have been heard of once."""
    hears(office, FIRST, SECOND)


def test_what_comes_in_the_same_words_is_not_read_and_nothing_is_written(office: Office) -> None:
    remembered = everything()
    with written() as statements:
        sync, read = hears(office, FIRST, SECOND)
    assert read == ()
    assert set(statements) == {("INSERT", "numbers_sync"), ("UPDATE", "numbers_sync")}
    assert (sync.seen, sync.new, sync.changed, sync.gone, sync.wrote) == (2, 0, 0, 0, False)
    assert everything() == remembered


def test_only_what_comes_in_other_words_is_read(office: Office) -> None:
    sync, read = hears(office, FIRST, changed(SECOND, name="Else"), number("PN3", ADA))
    assert read == ("PN2", "PN3")
    assert (sync.seen, sync.new, sync.changed) == (3, 1, 1)
    assert hears(office, FIRST, changed(SECOND, name="Else"), number("PN3", ADA))[1] == ()


def test_another_order_of_the_numbers_makes_none_of_them_be_read(office: Office) -> None:
    assert hears(office, SECOND, FIRST)[1] == ()


def test_other_words_for_the_same_are_read_once_and_are_no_change(office: Office) -> None:
    remembered = everything()
    sync, read = hears(office, respelled(FIRST), SECOND)
    assert (read, sync.wrote) == (("PN1",), False)
    assert everything() == remembered
    assert hears(office, respelled(FIRST), SECOND)[1] == ()


def test_a_number_that_was_recorded_since_is_read_and_recorded_again(office: Office) -> None:
    office.hears_of_number(changed(FIRST, name="Else"))
    sync, read = hears(office, FIRST, SECOND)
    assert (read, sync.changed) == (("PN1",), 1)
    assert view()["numbers"]["PN1"][4] == FIRST.name
    assert hears(office, FIRST, SECOND)[1] == ()


def test_everything_is_read_once_a_teammate_was_described_otherwise_elsewhere(office: Office) -> None:
    office.hears_of_number(number("PN3", EVE))
    assert first_name() == "Eve"
    sync, _ = hears(office, FIRST, SECOND, changed(number("PN3", name="New")))
    assert (first_name(), sync.wrote) == ("Ada", True)
    assert hears(office, FIRST, SECOND, changed(number("PN3", name="New")))[1] == ()


def test_somebody_described_in_two_ways_is_as_the_last_number_says_whatever_of_it_is_familiar(office: Office) -> None:
    hears(office, number("PN2", EVE), FIRST)
    assert first_name() == "Ada"
    hears(office, FIRST, number("PN2", EVE))
    assert first_name() == "Eve"
    hears(office, FIRST, number("PN2", EVE))
    hears(office, number("PN2", EVE), FIRST)
    assert first_name() == "Ada"


def test_a_new_description_on_one_number_does_not_outdo_a_familiar_one_that_comes_later(office: Office) -> None:
    hears(office, number("PN2", ADA), FIRST)
    sync, read = hears(office, number("PN2", EVE), FIRST)
    assert (read, first_name()) == (("PN2",), "Ada")
    assert not TeammateState.objects.filter(first_name="Eve").exists()
    assert (sync.seen, sync.changed) == (2, 1)


def test_a_number_that_is_left_out_is_gone_and_comes_back_in_the_same_words(office: Office) -> None:
    sync, read = hears(office, FIRST)
    assert (sync.seen, sync.gone, read) == (1, 1, ())
    sync, read = hears(office, FIRST, SECOND)
    assert (sync.changed, read) == (1, ("PN2",))
    assert PhoneNumber.objects.get(quo_id="PN2").gone_at is None
    assert hears(office, FIRST, SECOND)[1] == ()


def test_a_number_whose_absence_was_not_believed_is_confirmed_by_the_same_words(office: Office) -> None:
    assert hears(office)[0].held == 2
    assert hears(office, FIRST, SECOND)[1] == ("PN1", "PN2")
    assert not PhoneNumber.objects.exclude(seen_until=None).exists()


def test_what_was_odd_is_told_each_time(office: Office) -> None:
    twice = number("PN3", ADA, ADA)
    for _ in range(3):
        with written() as statements:
            sync, _ = hears(office, FIRST, FIRST, SECOND, twice)
        assert sync.notices == [
            "Quo lists the number PN1 more than once; the last entry counts.",
            "Quo lists a teammate more than once on the number PN3; the last entry counts.",
        ]
    assert {table for _, table in statements} == {"numbers_sync"}


def test_of_a_number_listed_twice_the_last_words_count_whichever_are_familiar(office: Office) -> None:
    renamed = changed(FIRST, name="Else")
    hears(office, FIRST, renamed, SECOND)
    assert view()["numbers"]["PN1"][4] == "Else"
    hears(office, renamed, FIRST, SECOND)
    assert view()["numbers"]["PN1"][4] == FIRST.name


def test_what_an_odd_text_took_the_place_of_is_not_familiar(office: Office) -> None:
    odd = number("PN1", ADA, ADA, name="Else")
    hears(office, changed(FIRST, name="New"), odd, SECOND)
    assert view()["numbers"]["PN1"][4] == "Else"
    hears(office, changed(FIRST, name="New"), SECOND)
    assert view()["numbers"]["PN1"][4] == "New"


def test_what_is_set_aside_is_told_each_time(office: Office) -> None:
    for _ in range(2):
        sync = office.sync(InWords(answer(FIRST, aside=("PN2",))))
        assert [item["number"] for item in sync.set_aside] == ["PN2"]


def test_other_code_reads_everything_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(familiar, "KEY", b"of another code")
    assert hears(office, FIRST, SECOND)[1] == ("PN1", "PN2")
    assert hears(office, FIRST, SECOND)[1] == ()


def test_a_number_that_is_missing_from_the_memory_is_new_in_the_same_words(office: Office) -> None:
    PhoneNumber.objects.filter(quo_id="PN1").delete()
    assert hears(office, FIRST, SECOND)[0].new == 1


def test_without_the_last_answer_everything_is_read(office: Office) -> None:
    LastAnswer.objects.all().delete()
    assert hears(office, FIRST, SECOND)[1] == ("PN1", "PN2")


@pytest.mark.parametrize("harm", ["", "{", '{"PN1": 1}', '{"PN1": "?"}'])
def test_a_last_answer_that_cannot_be_read_is_as_good_as_none(office: Office, harm: str) -> None:
    LastAnswer.objects.update(digests=harm)
    assert hears(office, FIRST, SECOND)[1] == ("PN1", "PN2")
    assert hears(office, FIRST, SECOND)[1] == ()


def test_one_teammates_list_is_always_read(office: Office) -> None:
    source = InWords(of={"US1": answer(FIRST)})
    office.sync(source, of_teammate("US1"))
    assert source.read == ("PN1",)
