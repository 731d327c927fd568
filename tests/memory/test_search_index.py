"""A search finds by its index what it finds without, whatever was written, migrated and restored in between."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import TextField
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from numbers.folding import fold
from numbers.models import SearchText, Teammate, TeammateState
from numbers.search import keeping, sqlite
from numbers.search.finding import found as texts_found
from numbers.search.finding import search_teammates
from numbers.search.indexed import is_part
from numbers.search.words import words_of
from tests.support.databases import only_postgresql, only_sqlite
from tests.support.harm import at
from tests.support.records import NINE, Office, number, teammate
from tests.support.search_index import INDEXES, PAIRS, ask, assert_kept, assert_right, found

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
    for place, text in enumerate(texts):
        of = Teammate.objects.create(quo_id=f"US{place}", first_seen=NINE)
        TeammateState.objects.create(teammate=of, since=NINE, email="", role="", search_text=text, name_key="")

    by_index = {state.search_text for state in search_teammates(word)}
    states = TeammateState.objects.filter(search_text__contains=word, until=None)
    by_reading = set(states.values_list("search_text", flat=True))

    transaction.savepoint_rollback(before)
    assert by_index == by_reading == {text for text in texts if word in text}


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


def test_after_a_sync_of_very_many_the_index_is_right(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numbers.planner.MANY", 2)
    office.hears(*(number(f"PN{place}", teammate("US1"), name="Lobby") for place in range(3)))
    assert_right()
    office.hears(*(number(f"PN{place}", teammate("US2"), name="Annex") for place in range(3)))
    assert_right()
    assert (found("lobby"), found("annex us2")) == ([], ["PN0", "PN1", "PN2"])
    office.hears(*(number(f"PN{place}", teammate("US2"), name="Annex") for place in range(2)), number("PN2"))
    assert found("annex") == ["PN0", "PN1"]


@only_sqlite
def test_whoever_writes_keeps_the_index(history: None) -> None:
    state = TeammateState.objects.filter(until=None)[0]
    TeammateState.objects.filter(pk=state.pk).update(search_text="another text")
    assert_kept()
    ask(f"UPDATE numbers_teammatestate SET id = 4711 WHERE id = {state.pk}")  # noqa: S608 - our own words
    assert_kept()
    TeammateState.objects.filter(pk=4711).update(until=at(9), first_name="Zelda")
    assert_kept()
    ended = TeammateState.objects.exclude(until=None)
    ended.update(search_text="of no interest")
    assert_kept()
    ended.delete()
    assert_kept()
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
    searches = [texts_found(words_of("lobby (415)")), texts_found(["lo"]), search_teammates("lobby")]
    for plan in map(plan_of, searches):
        assert "VIRTUAL TABLE INDEX" in plan
        scanned = re.findall(r"SCAN (\S+)", plan)
        assert [table for table in scanned if not is_part(table)] == [], plan


@pytest.fixture
def many(office: Office) -> None:
    records = [number(f"PN{n}", teammate(f"US{n}", first_name=f"Ann {n}x"), name=f"Desk {n}y") for n in range(2000)]
    office.hears(*records)


@only_postgresql
def test_postgresql_reads_only_what_the_index_names(many: None) -> None:
    ask("SET LOCAL enable_seqscan = off")  # of a table so narrow, it reads some thousand rows as soon as an index
    plan = plan_of(texts_found(["1234y"]))
    assert INDEXES[SearchText] in plan
    assert "Seq Scan" not in plan
    assert INDEXES[TeammateState] in plan_of(search_teammates("1234x"))


# Made when it is not there


@pytest.fixture
def rows(transactional_db: None) -> Iterator[None]:
    Office().hears(number("PN1", teammate("US1"), name="Lobby"), number("PN2", name="Annex"))
    yield
    call_command("migrate", verbosity=0)


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


@only_sqlite
@pytest.mark.parametrize("index", [INDEXES[SearchText], PAIRS])
@pytest.mark.parametrize("name", ["inserted", "updated", "deleted"])
def test_a_trigger_that_is_gone_loses_no_answer_and_comes_back(rows: None, index: str, name: str) -> None:
    """A migration that makes another table of it forgets the triggers."""
    ask(f"DROP TRIGGER {index}_{name}")
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
    assert not sqlite.is_whole(connection.connection)
    assert found("lobb") == ["PN1"]
    migrate()
    assert_right()


@only_sqlite
def test_an_index_as_an_earlier_version_made_it_is_not_asked_and_made_anew(rows: None) -> None:
    index = INDEXES[SearchText]
    ask(f"DROP TABLE {index}")
    ask(f"CREATE VIRTUAL TABLE {index} USING fts5(search_text, content = '', detail = none, tokenize = 'trigram')")
    ask(f"INSERT INTO {index} (rowid, search_text) SELECT phone_number_id, own FROM numbers_searchtext")  # noqa: S608 - our own words
    assert (found("lobby"), found("byron")) == (["PN1"], ["PN1"])
    migrate()
    assert_right()
    assert (found("lobby"), found("byron")) == (["PN1"], ["PN1"])


@only_sqlite
def test_an_index_that_is_whole_is_left_alone(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "make", None)
    migrate()


@only_sqlite
def test_without_trigrams_all_goes_on_and_with_them_the_index_is_made(
    rows: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(sqlite, "knows_trigrams", lambda: False)
        migrate()
        triggers = ask("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert not [name for (name,) in triggers if is_part(name)]
        Office().hears(number("PN1", teammate("US1"), name="Garage"), number("PN2", name="Annex"))
        assert (found("lobby"), found("gara"), found("byron gara")) == ([], ["PN1"], ["PN1"])
        assert "VIRTUAL" not in plan_of(texts_found(["garage"]))
    assert found("gara") == ["PN1"]
    migrate()
    assert_right()


@only_sqlite
@pytest.mark.django_db
def test_a_file_that_cannot_be_read_fails_as_every_question_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_database: sqlite3.Connection) -> bool:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(sqlite, "is_whole", fail)
    with pytest.raises(DatabaseError, match="disk I/O"):
        found("lobby")


@only_sqlite
@pytest.mark.parametrize(
    "table", ["CREATE VIRTUAL TABLE t USING fts4711(a)", "CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'x')"]
)
def test_an_sqlite_without_the_module_or_the_tokenizer_is_recognized(table: str) -> None:
    assert not sqlite.can_make([table])
    assert sqlite.can_make(["CREATE VIRTUAL TABLE t USING fts5(a, tokenize = 'trigram')"])


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
    assert ask("SELECT to_regclass(%s) IS NULL", INDEXES[SearchText]) == [(True,)]
    assert found("lobb") == ["PN1"]
    migrate()
    assert_right()
    assert found("lobb") == ["PN1"]
