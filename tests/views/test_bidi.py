"""Bidirectional text in a name does not affect the text around it, also in titles and attributes."""

import re

import pytest

from numbers.vocabulary.bidi import isolated
from numbers.vocabulary.links import number_url, teammate_url
from tests.support.pages import HTMX, LIST, PageClient, attribute, find_one, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user

TURNING = "\u202e"
NAME = f"{TURNING}Evil"
RECORD = number(
    "PN1",
    name=NAME,
    groupId=NAME,
    formattedNumber=NAME,
    portingStatus=NAME,
    users=[user("US1", firstName=NAME, lastName="", email="ann@example.com")],
    restrictions={channel: dict.fromkeys(("US", "CA", "Intl"), NAME) for channel in ("calling", "messaging")},
)
PAGES = [
    number_url("PN1"),
    teammate_url("US1"),
    LIST,
    f"{LIST}?user=US1&group={NAME}&porting={NAME}&q={NAME}",
    f"/audit/?user=US1&group={NAME}",
    f"/numbers/teammates/?q={NAME}",
    "/saved/",
]


def turned(text: str) -> bool:
    """Return whether `text` has directional characters that affect its surroundings. Alone, it has none."""
    return TURNING in re.sub("\u2068[^\u2066-\u2069]*\u2069", "", text) and text.strip() != NAME


@pytest.fixture
def named(manager: PageClient) -> PageClient:
    sync_all(RECORD)
    manager.post("/saved/", {"name": NAME, "query": "q=a"})
    return manager


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_name_changes_the_direction_of_surrounding_text(
    named: PageClient, headers: dict[str, str], path: str
) -> None:
    page = parse_page(named.get(path, headers=headers))

    attributes = [(name, value) for node in page.css("*") for name, value in node.attributes.items() if value]
    spoken = [value for name, value in attributes if name in {"title", "alt"} or name.startswith("aria-")]
    own = [node.text(deep=False) or "" for node in page.css("*") if node.tag != "bdi"]
    assert TURNING in page.html  # type: ignore[operator]  # otherwise the test checks nothing
    assert [text for text in (*spoken, *own) if turned(text)] == []


@pytest.mark.parametrize(
    ("path", "title"),
    [
        (number_url("PN1"), f"\u2068{NAME}\u2069 · +1 555-555-0123 · Quo Admin"),
        (teammate_url("US1"), f"\u2068{NAME}\u2069 · Quo Admin"),
        (f"{LIST}?user=US1&calling_us=unknown", f"Numbers with \u2068{NAME}\u2069 where calling the United States is"),
    ],
)
def test_the_name_in_the_title_is_isolated(named: PageClient, path: str, title: str) -> None:
    for headers in ({}, HTMX):
        assert text_of(find_one(parse_page(named.get(path, headers=headers)), "title")).startswith(title)


def test_the_name_in_a_chip_is_isolated(named: PageClient) -> None:
    chip = find_one(parse_page(named.get(f"{LIST}?user=US1")), ".chip")

    assert attribute(chip, "aria-label") == f"Remove the filter Teammate: \u2068{NAME}\u2069"


@pytest.mark.parametrize("text", ["", "Front desk", "שלום", "👩‍👩‍👧", "<b>"])
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert isolated(text) == text


@pytest.mark.parametrize("mark", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_every_directional_character_is_isolated(mark: str) -> None:
    assert re.fullmatch("\u2068a.?b\u2069", isolated(f"a{mark}b"))


@pytest.mark.parametrize("text", ["a\u2069\u202eb", "\u2067a", "\u2068\u2068a\u2069", "a\u2066"])
def test_isolates_inside_a_text_do_not_escape_it(text: str) -> None:
    inside = isolated(text).removeprefix("\u2068").removesuffix("\u2069")

    assert isolated(text) == f"\u2068{inside}\u2069"
    assert not set("\u2066\u2067\u2068\u2069") & set(inside)
