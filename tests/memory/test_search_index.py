"""A search finds what stands in the texts of now, with PostgreSQL's index and without."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.memory.moment import NOW
from numbers.memory.search import postgresql
from numbers.memory.search.finding import matching_texts, search_teammates
from numbers.memory.search.words import spellings_of
from numbers.models import PhoneNumber, SearchText
from numbers.vocabulary.folding import fold
from tests.support.databases import only_postgresql
from tests.support.records import NINE, Office, number, teammate
from tests.support.search_index import ask, assert_right, found

LETTERS = st.sampled_from("abc1+%_\\\"'*^(:-é❤\ufe0f🏡𝒳ß字\uffff\x01\x7f") | st.characters(codec="utf-8")
TEXTS = st.lists(st.text(LETTERS, max_size=12), min_size=1, max_size=4)


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[str], str]:
    texts = [fold(text) for text in draw(TEXTS)]
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, max(len(text) - 1, 0)))
    part = text[start : start + draw(st.integers(1, 8))].strip()
    word = fold(draw(st.sampled_from([part, f"{part}{draw(st.text(LETTERS, max_size=2))}", draw(st.text(LETTERS))])))
    return texts, word.split()[0] if word else "abc"


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questions())
@example((['a"b" or c', "a" * 250], '"b"'))
@example((["a" * 250], "a" * 200))
@example((["abcxbcd"], "abcd"))  # has every three letters of it, but not in a row
@example(([fold("ÀÉ 𝒳𝒴𝒵 ẞß")], "xyz"))
@example((["🏡❤☎🛟"], "❤☎🛟"))
@example((["ab%_\\"], "b%_\\"))
def test_a_search_finds_the_texts_that_a_word_stands_in(question: tuple[list[str], str]) -> None:
    texts, word = question
    before = transaction.savepoint()
    rows = [(text, "") if place % 2 else ("", text) for place, text in enumerate(texts)]
    for place, (own, teammates) in enumerate(rows):
        of = PhoneNumber.objects.create(quo_id=f"PN{place}", first_seen=NINE, recorded_at=NINE, fingerprint="")
        SearchText.objects.create(phone_number=of, own=own, teammates=teammates)

    texts_that_fit = set(matching_texts([word]).values_list("own", "teammates"))

    transaction.savepoint_rollback(before)
    writings = spellings_of(word)
    fitting = {row for row in rows if any(writing in row[0] for writing in writings) or word in row[1]}
    assert texts_that_fit == fitting


def test_no_letter_is_folded_to_one_that_sqlite_takes_for_another() -> None:
    """Its LIKE does not tell a from A, and PostgreSQL's does."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))
    assert not set(fold(every)) & set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_after_syncs_the_texts_of_now_are_searched(office: Office) -> None:
    ada = teammate("US1")
    office.hears(number("PN1", ada, name="Lobby"), number("PN2", ada, name="Annex"))
    assert_right()
    renamed = teammate("US1", first_name="Zelda")
    office.hears(number("PN1", renamed, name="Garage"))
    assert_right()
    assert [found(word) for word in ("lobby", "annex", "garage", "zelda", "ada")] == [[], [], ["PN1"], ["PN1"], []]
    office.hears(number("PN1", renamed, name="Garage"), number("PN2", name="Annex"))
    assert found("annex") == ["PN2"]
    assert [state.first_name for state in search_teammates("zeld byron", NOW)] == ["Zelda"]


# PostgreSQL's index


def plan_of(rows: Any) -> str:
    return str(rows.values_list("pk", flat=True).explain())


@pytest.fixture
def many(office: Office) -> None:
    office.hears(*(number(f"PN{n}", name=f"Desk {n}y") for n in range(2000)))


@only_postgresql
def test_postgresql_reads_only_what_the_index_names(many: None) -> None:
    ask("SET LOCAL enable_seqscan = off")  # of a table so narrow, it reads some thousand rows as soon as an index
    plan = plan_of(matching_texts(["1234y"]))
    assert postgresql.INDEX in plan
    assert "Seq Scan" not in plan


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    Office().hears(number("PN1", teammate("US1"), name="Lobby"), number("PN2", name="Annex"))
    yield
    call_command("migrate", verbosity=0)


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


@only_postgresql
def test_the_index_of_teammates_of_an_earlier_version_is_removed(rows: None) -> None:
    ask("CREATE INDEX numbers_teammatestate_trigrams ON numbers_teammatestate USING gin (search_text gin_trgm_ops)")
    migrate()
    assert ask("SELECT to_regclass('numbers_teammatestate_trigrams') IS NULL") == [(True,)]


@only_postgresql
def test_a_server_that_does_not_allow_the_index_is_searched_all_the_same(rows: None) -> None:
    ask("DROP EXTENSION pg_trgm CASCADE")
    ask("CREATE ROLE nobody_much")
    try:
        ask("SET ROLE nobody_much")
        postgresql.ensure_index(connection.alias)
    finally:
        ask("RESET ROLE")
        ask("DROP ROLE nobody_much")
    assert ask("SELECT to_regclass(%s) IS NULL", postgresql.INDEX) == [(True,)]
    assert found("lobb") == ["PN1"]
    migrate()
    assert_right()
    assert found("lobb") == ["PN1"]
