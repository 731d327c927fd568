"""A search finds by its index what it finds without, whatever was written, migrated and restored in between."""

import re
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import TextField
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.folding import fold
from numbers.models import PhoneNumber, SearchText
from numbers.search import keeping, postgresql, sqlite
from numbers.search.finding import found as texts_found
from numbers.search.finding import search_teammates
from numbers.search.words import words_of, writings_of
from tests.support.databases import only_postgresql, only_sqlite
from tests.support.records import NINE, Office, number, teammate
from tests.support.search_index import ask, assert_kept, assert_right, found

# The same answers


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
def test_the_index_finds_what_reading_every_text_finds(question: tuple[list[str], str]) -> None:
    texts, word = question
    before = transaction.savepoint()
    rows = [(text, "") if place % 2 else ("", text) for place, text in enumerate(texts)]
    for place, (own, teammates) in enumerate(rows):
        of = PhoneNumber.objects.create(quo_id=f"PN{place}", first_seen=NINE, recorded_at=NINE, fingerprint="")
        SearchText.objects.create(phone_number=of, own=own, teammates=teammates)

    by_index = set(texts_found([word]).values_list("own", "teammates"))
    with mock.patch.object(sqlite, "is_whole", return_value=False):
        by_reading = set(texts_found([word]).values_list("own", "teammates"))

    transaction.savepoint_rollback(before)
    writings = writings_of(word)
    fitting = {row for row in rows if any(writing in row[0] for writing in writings) or word in row[1]}
    assert by_index == by_reading == fitting


def test_no_letter_is_folded_to_one_that_sqlite_takes_for_another() -> None:
    """Its LIKE does not know a from A, and its index does."""
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))
    assert not set(fold(every)) & set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


# Kept, whatever is written


def test_after_syncs_the_index_is_right(office: Office) -> None:
    ada = teammate("US1")
    office.hears(number("PN1", ada, name="Lobby"), number("PN2", ada, name="Annex"))
    assert_right()
    renamed = teammate("US1", first_name="Zelda")
    office.hears(number("PN1", renamed, name="Garage"))
    assert_right()
    assert [found(word) for word in ("lobby", "annex", "garage", "zelda", "ada")] == [[], [], ["PN1"], ["PN1"], []]
    office.hears(number("PN1", renamed, name="Garage"), number("PN2", name="Annex"))
    assert found("annex") == ["PN2"]
    assert [state.first_name for state in search_teammates("zeld byron")] == ["Zelda"]


@only_sqlite
def test_whoever_writes_keeps_the_index(history: None) -> None:
    texts = SearchText.objects.filter(phone_number__quo_id="PN2")
    texts.update(own="one text")
    assert_kept()
    texts.update(teammates="another text")
    assert_kept()
    texts.delete()
    assert_kept()


# Used


def plan_of(rows: Any) -> str:
    return str(rows.values_list("pk", flat=True).explain())


@only_sqlite
def test_sqlite_reads_only_what_the_index_names(history: None) -> None:
    plan = plan_of(texts_found(words_of("lobby (415) lo")))
    assert "VIRTUAL TABLE INDEX" in plan
    assert [table for table in re.findall(r"SCAN (\S+)", plan) if not sqlite.is_part(table)] == [], plan


@pytest.fixture
def many(office: Office) -> None:
    office.hears(*(number(f"PN{n}", name=f"Desk {n}y") for n in range(2000)))


@only_postgresql
def test_postgresql_reads_only_what_the_index_names(many: None) -> None:
    ask("SET LOCAL enable_seqscan = off")  # of a table so narrow, it reads some thousand rows as soon as an index
    plan = plan_of(texts_found(["1234y"]))
    assert postgresql.INDEX in plan
    assert "Seq Scan" not in plan


# Made when it is not there


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    Office().hears(number("PN1", teammate("US1"), name="Lobby"), number("PN2", name="Annex"))
    yield
    call_command("migrate", verbosity=0)


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


@only_sqlite
@pytest.mark.parametrize("name", ["inserted", "updated", "deleted"])
def test_a_trigger_that_is_gone_loses_no_answer_and_comes_back(rows: None, name: str) -> None:
    """A migration that makes another table of it forgets the triggers."""
    ask(f"DROP TRIGGER {sqlite.INDEX}_{name}")
    SearchText.objects.filter(phone_number__quo_id="PN2").delete()
    Office().hears(number("PN2", name="Garage"))
    assert found("gara") == found("g") == ["PN2"]
    migrate()
    assert_right()
    assert found("gara") == found("g") == ["PN2"]


@only_sqlite
def test_a_table_that_is_made_anew_has_its_index_after_the_migration(rows: None) -> None:
    own, nullable = SearchText._meta.get_field("own"), TextField(null=True)
    nullable.set_attributes_from_name("own")
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for before, after in ((own, nullable), (nullable, own)):
            editor.alter_field(SearchText, before, after)
    assert not sqlite.is_whole(connection)
    assert found("lobb") == ["PN1"]
    migrate()
    assert_right()


@only_sqlite
def test_the_indexes_of_an_earlier_version_are_removed(rows: None) -> None:
    for index in ("numbers_searchtext_trigrams", "numbers_searchtext_pairs", "numbers_teammatestate_trigrams"):
        ask(f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content = '', tokenize = 'trigram')")
        ask(
            f"CREATE TRIGGER {index}_inserted AFTER INSERT ON numbers_searchtext BEGIN"
            f" INSERT INTO {index} (rowid, search_text) SELECT NEW.phone_number_id, a_function_of_it(NEW.own); END"
        )
    ask(f"DROP TABLE {sqlite.INDEX}")
    migrate()
    left = ask("SELECT name FROM sqlite_master WHERE name GLOB '*_trigrams*' OR name GLOB '*_pairs*'")
    assert left == []
    Office().hears(number("PN3", name="Garage"))
    assert_right()


@only_sqlite
def test_an_index_that_is_whole_is_left_alone(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "make", None)
    migrate()


@only_sqlite
@pytest.mark.parametrize("lacking", ["fts4711(a)", "fts5(a, tokenize = 'x')"])
def test_without_trigrams_all_goes_on_and_with_them_the_index_is_made(
    rows: None, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    ask(f"DROP TRIGGER {sqlite.INDEX}_inserted")
    with monkeypatch.context() as older:
        older.setattr(sqlite, "TABLE", f"CREATE VIRTUAL TABLE {sqlite.INDEX} USING {lacking}")
        migrate()
        Office().hears(number("PN1", teammate("US1"), name="Garage"), number("PN2", name="Annex"))
        assert (found("lobby"), found("gara"), found("byron gara")) == ([], ["PN1"], ["PN1"])
        assert "VIRTUAL" not in plan_of(texts_found(["garage"]))
    migrate()
    assert_right()
    assert found("gara") == ["PN1"]


@only_postgresql
def test_a_server_that_does_not_allow_the_index_is_searched_all_the_same(rows: None) -> None:
    ask("DROP EXTENSION pg_trgm CASCADE")
    ask("CREATE ROLE nobody_much")
    try:
        ask("SET ROLE nobody_much")
        keeping.keep(connection.alias)
    finally:
        ask("RESET ROLE")
        ask("DROP ROLE nobody_much")
    assert ask("SELECT to_regclass(%s) IS NULL", postgresql.INDEX) == [(True,)]
    assert found("lobb") == ["PN1"]
    migrate()
    assert_right()
    assert found("lobb") == ["PN1"]
