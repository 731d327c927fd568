"""Pages of a server whose clock was set back: the last answer came at a time that is still to come."""

from datetime import timedelta

import pytest

from numbers.operations.doctor import diagnose
from tests.support.pages import LIST, PageClient, parse_page, sync_all, text_of
from tests.support.quo_answers import number

SENTENCE = "The clock of this server went back."


@pytest.mark.parametrize("path", ["/", LIST, "/audit/", "/teammates/", "/numbers/PN1/"])
def test_a_page_says_that_the_age_of_the_copy_is_unknown(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"), ago=timedelta(days=-1))

    words = text_of(parse_page(manager.get(path)))

    assert SENTENCE in words
    assert "Of unknown age: checked with Quo on" in words
    assert "0 seconds" not in words


def test_a_page_says_nothing_of_the_clock_after_the_next_answer(manager: PageClient) -> None:
    sync_all(number("PN1"), ago=timedelta(days=-1))
    sync_all(number("PN1"))

    assert SENTENCE not in text_of(parse_page(manager.get(LIST)))


def test_the_doctor_says_that_the_clock_was_set_back(db: None) -> None:
    sync_all(number("PN1"), ago=timedelta(days=-1))

    clock = next(check for check in diagnose() if check.subject == "clock")

    assert clock.ok is False
    assert "which is still to come" in clock.text
