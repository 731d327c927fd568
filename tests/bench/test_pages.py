"""Which pages are asked for, and what beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.asking import Browser
from bench.lines import Line
from bench.office import Server
from bench.pages import Page, measure, pages_of
from numbers.sandbox.workspace import Workspace, build
from tests.support.bench_server import LIST, Playing, playing

ROUNDS = 5


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return build(60)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Server, Playing]]:
    with playing(tmp_path) as served:
        yield served


def lines_of(server: Server, workspace: Workspace) -> dict[tuple[str, str], Line]:
    return {(line.group, line.name): line for line in measure(server, workspace, ROUNDS)}


def pages(server: Server, workspace: Workspace) -> dict[str, Page]:
    with Browser(server.url, server.cookie) as browser:
        return {page.name: page for page in pages_of(workspace, browser)}


def test_whom_and_what_the_pages_name_is_in_the_workspace(served: tuple[Server, Playing], workspace: Workspace) -> None:
    found = pages(served[0], workspace)
    numbers = {f"/numbers/{record['id']}/": record for record in workspace.numbers}
    number = numbers[found["a number"].path]
    assert found["a teammate"].path == f"/teammates/{number['users'][0]['id']}/"
    assert found["a teammate's filter"].path == f"/numbers/?user={number['users'][0]['id']}"
    assert found["calling intl filter"].path == "/numbers/?calling_intl=restricted"


def test_the_last_page_is_the_one_that_the_list_links_to(served: tuple[Server, Playing], workspace: Workspace) -> None:
    assert pages(served[0], workspace)["last page"].path == "/numbers/?sort=name&page=7"


def test_a_search_with_few_matches_is_words_of_one_name(served: tuple[Server, Playing], workspace: Workspace) -> None:
    words = pages(served[0], workspace)["search with few matches"].path.removeprefix("/numbers/?q=").split("+")
    assert any(all(word in record["name"] for word in words) for record in workspace.numbers)


def test_the_plain_way_is_asked_the_same_where_it_has_the_page() -> None:
    assert Page("", "/numbers/?q=few", 3).plain == "/bench/plain/?q=few"
    assert Page("", "/numbers/PN1/", 3).plain == ""


def test_each_page_is_asked_as_often_as_its_floor(served: tuple[Server, Playing], workspace: Workspace) -> None:
    server, played = served
    lines = lines_of(server, workspace)
    asked = [path for path, _ in played.asked]
    warm_up_and_first = 4 + 1
    assert asked.count("/audit/") == ROUNDS + warm_up_and_first
    assert asked.count("/bench/floor/audit") == ROUNDS + warm_up_and_first - 1
    assert asked.count("/bench/plain/?sort=-number") == 2
    assert "plain ×" in lines["pages", "sorted by number"].figures
    assert "plain ×" not in lines["pages", "audit"].figures


def test_a_slow_page_is_asked_less_often_and_says_so(
    served: tuple[Server, Playing], workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.pages.ENOUGH", 0.0)
    lines = {line.name: line for line in measure(served[0], workspace, rounds=20)}
    assert lines["audit"].figures["rounds"] == 5


def test_the_floor_has_the_bytes_of_the_page(
    served: tuple[Server, Playing], workspace: Workspace, tmp_path: Path
) -> None:
    lines_of(served[0], workspace)
    assert (tmp_path / "first-page").read_text() == LIST


def test_a_page_with_an_etag_is_asked_again_with_it(served: tuple[Server, Playing], workspace: Workspace) -> None:
    server, played = served
    played.tags["/audit/"] = '"of the audit"'
    lines = lines_of(server, workspace)
    assert played.asked.count(("/audit/", '"of the audit"')) == ROUNDS
    assert [name for group, name in lines if group == "again, with the ETag"] == ["audit"]
    again = lines["again, with the ETag", "audit"]
    assert (again.bar, again.value) == (1.2, lines["pages", "audit"].figures["etag ×"])
