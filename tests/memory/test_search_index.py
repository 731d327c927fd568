"""Search finds the current texts, with and without PostgreSQL's index."""

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
from numbers.memory.search.finding import Searched, matching_texts, search_teammates
from numbers.memory.search.words import Term
from numbers.models import PhoneNumber, SearchText
from numbers.vocabulary.folding import fold
from tests.support.databases import only_postgresql
from tests.support.records import NINE, Syncer, number, teammate
from tests.support.search_index import assert_search_current, found_numbers, run_sql

LETTERS = st.sampled_from("abc1+%_\\\"'*^(:-é❤\ufe0f🏡𝒳ß字\uffff\x01\x7f") | st.characters(codec="utf-8")
TEXTS = st.lists(st.text(LETTERS, max_size=12), min_size=1, max_size=4)


@st.composite
def texts_and_words(draw: st.DrawFn) -> tuple[list[str], str]:
    texts = [fold(text) for text in draw(TEXTS)]
    text = draw(st.sampled_from(texts))
    start = draw(st.integers(0, max(len(text) - 1, 0)))
    part = text[start : start + draw(st.integers(1, 8))].strip()
    word = fold(draw(st.sampled_from([part, f"{part}{draw(st.text(LETTERS, max_size=2))}", draw(st.text(LETTERS))])))
    return texts, word.split()[0] if word else "abc"


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts_and_words())
@example((['a"b" or c', "a" * 250], '"b"'))
@example((["a" * 250], "a" * 200))
@example((["abcxbcd"], "abcd"))  # has all its trigrams, but not the word
@example(([fold("ÀÉ 𝒳𝒴𝒵 ẞß")], "xyz"))
@example((["🏡❤☎🛟"], "❤☎🛟"))
@example((["ab%_\\"], "b%_\\"))
def test_a_search_finds_the_texts_that_contain_a_word(drawn: tuple[list[str], str]) -> None:
    texts, word = drawn
    before = transaction.savepoint()
    rows = [(text, "") if index % 2 else ("", text) for index, text in enumerate(texts)]
    for index, (own, teammates) in enumerate(rows):
        phone_number = PhoneNumber.objects.create(
            quo_id=f"PN{index}", first_seen=NINE, recorded_at=NINE, fingerprint=""
        )
        SearchText.objects.create(phone_number=phone_number, own=own, teammates=teammates)

    found_rows = set(matching_texts(Searched(Term(word, (word,)))).values_list("own", "teammates"))

    transaction.savepoint_rollback(before)
    matching = {row for row in rows if word in row[0] or word in row[1]}
    assert found_rows == matching


def test_no_letter_folds_to_an_ascii_capital() -> None:
    """SQLite's LIKE ignores the case of ASCII letters, and PostgreSQL's does not."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))
    assert not set(fold(every)) & set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_search_uses_the_current_texts_after_each_sync(syncer: Syncer) -> None:
    ada = teammate("US1")
    syncer.sync_all(number("PN1", ada, name="Lobby"), number("PN2", ada, name="Annex"))
    assert_search_current()
    renamed = teammate("US1", first_name="Zelda")
    syncer.sync_all(number("PN1", renamed, name="Garage"))
    assert_search_current()
    assert [found_numbers(word) for word in ("lobby", "annex", "garage", "zelda", "ada")] == [
        [],
        [],
        ["PN1"],
        ["PN1"],
        [],
    ]
    syncer.sync_all(number("PN1", renamed, name="Garage"), number("PN2", name="Annex"))
    assert found_numbers("annex") == ["PN2"]
    assert [state.first_name for state in search_teammates("zeld byron", NOW)] == ["Zelda"]


def test_a_line_without_digits_is_not_where_others_forward_to(syncer: Syncer) -> None:
    syncer.sync_all(number("PN1", name="Lobby", number=""), number("PN2", name="Annex", forward="front desk"))

    assert found_numbers("lobby") == ["PN1"]


# PostgreSQL's index


def plan_of(rows: Any) -> str:
    return str(rows.values_list("pk", flat=True).explain())


@pytest.fixture
def many(syncer: Syncer) -> None:
    syncer.sync_all(*(number(f"PN{n}", name=f"Desk {n}y") for n in range(2000)))


@only_postgresql
def test_postgresql_searches_with_the_index(many: None) -> None:
    run_sql("SET LOCAL enable_seqscan = off")  # PostgreSQL would scan so small a table
    plan = plan_of(matching_texts(Searched(Term("1234y", ("1234y",)))))
    assert postgresql.INDEX in plan
    assert "Seq Scan" not in plan


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    Syncer().sync_all(number("PN1", teammate("US1"), name="Lobby"), number("PN2", name="Annex"))
    yield
    call_command("migrate", verbosity=0)


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


@only_postgresql
def test_the_index_of_an_earlier_version_is_removed(rows: None) -> None:
    run_sql("CREATE INDEX numbers_teammatestate_trigrams ON numbers_teammatestate USING gin (search_text gin_trgm_ops)")
    migrate()
    assert run_sql("SELECT to_regclass('numbers_teammatestate_trigrams') IS NULL") == [(True,)]


@only_postgresql
def test_search_works_on_a_server_that_does_not_allow_the_index(rows: None) -> None:
    run_sql("DROP EXTENSION pg_trgm CASCADE")
    run_sql("CREATE ROLE unprivileged")
    try:
        run_sql("SET ROLE unprivileged")
        postgresql.ensure_index(connection.alias)
    finally:
        run_sql("RESET ROLE")
        run_sql("DROP ROLE unprivileged")
    assert run_sql("SELECT to_regclass(%s) IS NULL", postgresql.INDEX) == [(True,)]
    assert found_numbers("lobb") == ["PN1"]
    migrate()
    assert_search_current()
    assert found_numbers("lobb") == ["PN1"]
