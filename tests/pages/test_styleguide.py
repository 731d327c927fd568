"""The style guide: there for who changes the looks, and for nobody else."""

from typing import Any

import pytest
from pytest_django import Settings

from numbers.facts import Fact
from numbers.freshness import Level
from tests.support.pages import Office, attribute, parsed, texts

PATH = "/styleguide/"


@pytest.fixture
def developer(office: Office, settings: Settings) -> Office:
    settings.DEBUG = True
    return office


def test_there_is_no_style_guide_unless_debug_is_on(office: Office) -> None:
    assert office.get(PATH).status_code == 404


def test_it_shows_every_fact_and_every_age(developer: Office) -> None:
    page = parsed(developer.get(PATH))

    assert {attribute(cell, "data-fact") for cell in page.css("td[data-cell]")} == {fact.value for fact in Fact}
    ages = {attribute(sample, "data-freshness") for sample in page.css("#freshness")}
    assert ages == {level.value for level in Level}


PARTS = {
    "asking Quo": ".sample-asking .asking",
    "what the page's own check found": ".doubts",
    "every column": ".numbers.is-wide",
    "the page of a list, on paper": ".page-on-paper",
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_it_shows_every_part(developer: Office, part: str) -> None:
    assert parsed(developer.get(PATH)).css(part)


def test_what_nobody_reports_is_shown_as_it_came_in_every_table(developer: Office) -> None:
    page = parsed(developer.get(PATH))

    for table in (".cells", ".numbers"):
        assert "pending_review" in texts(page.css(f"{table} .fact .raw")), table


def test_it_is_drawn_without_the_memory(developer: Office, django_assert_max_num_queries: Any) -> None:
    developer.get(PATH)
    with django_assert_max_num_queries(4) as asked:
        developer.get(PATH)
    assert not [query["sql"] for query in asked if '"numbers_' in query["sql"]]


def test_nothing_of_it_asks_anything(developer: Office) -> None:
    page = parsed(developer.get(PATH))

    asking = {node.attributes.get("id") for node in page.css("[hx-post], [hx-get]")}
    quiet = {node.attributes.get("id") for node in page.css("[hx-disable] [hx-post], [hx-disable] [hx-get]")}
    assert quiet
    assert len(page.css("[hx-post]")) - len(page.css("[hx-disable] [hx-post]")) == 1, asking - quiet  # the theme


def test_hostile_names_are_shown_as_text(developer: Office) -> None:
    page = parsed(developer.get(PATH))

    assert any("<script>alert(1)</script>" in name for name in texts(page.css("#results th bdi")))
    assert not [script for script in page.css("script") if not script.attributes.get("src")]
