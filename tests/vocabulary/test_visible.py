"""Texts that show nothing, and the names made of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.vocabulary.visible import is_visible, shown_name
from tests.support.invisible import INVISIBLE


@pytest.mark.parametrize("text", INVISIBLE)
def test_invisible_characters_show_nothing(text: str) -> None:
    assert not is_visible(text)
    assert not is_visible(f" {text}\n{text}")
    assert shown_name(text) == "(no name)"


@pytest.mark.parametrize("text", ["\ufffd", "\ufffd\ufffd", " \ufffd\u200b"])
def test_what_replaces_nul_is_no_name_alone(text: str) -> None:
    assert shown_name(text) == "(no name)"


@pytest.mark.parametrize("text", INVISIBLE)
@pytest.mark.parametrize("letter", ["a", "é", "e\u0301", "前", "ㅎ", "🏡", "-", "0", "ा", "€"])
def test_one_visible_character_makes_a_name(text: str, letter: str) -> None:
    assert shown_name(f"{text}{letter}{text}") == f"{text}{letter}{text}"


@given(st.text())
def test_a_text_with_a_letter_digit_or_punctuation_is_visible(text: str) -> None:
    fillers = "\u115f\u1160\u3164\uffa0"
    if any(unicodedata.category(character)[0] in "LNP" and character not in fillers for character in text):
        assert is_visible(text)
