"""Folding text for search, and the order of names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.vocabulary.folding import fold, order_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Front  DESK\n1", "front desk 1"),
        ("Zoë", "zoe"),
        ("ZOE\u0308", "zoe"),
        ("Łódź", "lodz"),
        ("Øster", "oster"),
        ("Æther", "aether"),
        ("Straße", "strasse"),
        ("İstanbul ılık", "istanbul ilik"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("Ёлка", "елка"),
        ("ﬁle", "file"),
        ("４１５", "415"),
        ("  two\t\nwords\u00a0here ", "two words here"),
        ("a\x00b", "a b"),
        ("❤\ufe0f", "❤"),
        ("co\u00adop\u200b\u202eera\ufeff", "coopera"),
        ("👩\u200d💻", "👩💻"),
        ("\ufe0f", ""),
    ],
)
def test_folding_ignores_case_accents_and_invisible_characters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text() | st.text(st.characters(max_codepoint=0x7F)) | st.text(st.characters(categories=["Mn", "Cf", "Ll"])))
def test_each_character_is_folded_on_its_own(text: str) -> None:
    folded = "".join(fold(f"x{character}x")[1:-1] for character in unicodedata.normalize("NFKD", text))
    assert fold(text) == " ".join(folded.split())


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folded_text_has_no_case(text: str) -> None:
    assert fold(text.upper().lower()) == fold(text.lower().upper())


@given(st.text(), st.text(), st.text())
def test_a_folded_word_is_found_in_its_folded_text(before: str, word: str, after: str) -> None:
    assert fold(word) in fold(f"{before} {word} {after}")


def test_flags_stay_distinct() -> None:
    england, scotland = (f"🏴{''.join(chr(0xE0000 + ord(c)) for c in code)}\U000e007f" for code in ("gbeng", "gbsct"))

    assert fold(england) != fold(scotland)


def test_names_sort_as_people_expect() -> None:
    names = ["d", "Çelik", "Apple 10", "b", "Apple 007", "Äpple 2", "apple"]

    assert sorted(names, key=order_key) == ["apple", "Äpple 2", "Apple 007", "Apple 10", "b", "Çelik", "d"]


@given(st.text())
def test_surrounding_spaces_do_not_change_the_order(text: str) -> None:
    assert order_key(text) == order_key(f" {text} ")
