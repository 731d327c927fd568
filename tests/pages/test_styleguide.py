"""The style guide: there for who changes the looks, and for nobody else."""

import pytest
from pytest_django import Settings

from numbers.facts import Fact
from numbers.freshness import Level
from tests.pages.builders import Office, attribute, parsed, texts

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
