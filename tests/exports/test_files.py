"""Rules for every file: access, name, headers and invalid parameters."""

import gzip
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings
from selectolax.lexbor import LexborHTMLParser

from numbers.exports.documents import number_document
from numbers.exports.formats import FORMATS, export_urls
from numbers.filters.numbers import NumberFilters
from tests.support.exported_files import csv_rows, download, json_records, raw_csv_rows
from tests.support.outages import database_fails_at
from tests.support.pages import PageClient, attribute, sync_all, text_of
from tests.support.quo_answers import number

LISTS = ("numbers", "teammates")
PATHS = [f"/{name}.{ending}" for name, ending in itertools.product(LISTS, FORMATS)]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_file_requires_sign_in(client: Client, db: None, path: str) -> None:
    sync_all(number("PN1"))

    response = client.get(f"{path}?q=a")

    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={path}%3Fq%3Da"


@pytest.mark.parametrize("path", PATHS)
def test_a_file_refuses_other_methods(manager: PageClient, path: str) -> None:
    assert manager.post(path).status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_a_file_is_an_attachment_and_is_not_cached(
    manager: PageClient, settings: Settings, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    settings.TIME_ZONE = "America/Vancouver"
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 22, 17, 15, tzinfo=UTC))
    name, ending = path.lstrip("/").split(".")

    manager.cookies["timezone"] = "America/Vancouver"
    headers = manager.get(path).headers

    assert headers["Content-Type"] == TYPES[ending]
    assert headers["Content-Disposition"] == f'attachment; filename="{name}-2026-11-22-0915.{ending}"'
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("cookie", "now", "time"),
    [
        ("", datetime(2026, 11, 22, 17, 15, tzinfo=UTC), "2026-11-22-1715-UTC+0000"),
        ("Mars/Base", datetime(2026, 11, 22, 17, 15, tzinfo=UTC), "2026-11-22-1715-UTC+0000"),
        ("Asia/Kathmandu", datetime(2026, 11, 22, 17, 15, tzinfo=UTC), "2026-11-22-2300"),
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "2026-11-01-0130-UTC-0400"),
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "2026-11-01-0130-UTC-0500"),
        ("America/New_York", datetime(2026, 11, 1, 7, 30, tzinfo=UTC), "2026-11-01-0230"),
    ],
)
def test_the_time_in_the_name_has_an_offset_if_readers_could_not_tell_it(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, cookie: str, now: datetime, time: str
) -> None:
    manager.cookies["timezone"] = cookie
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    headers = manager.get("/numbers.csv?raw=1").headers

    assert headers["Content-Disposition"] == f'attachment; filename="numbers-raw-{time}.csv"'


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_same_headers_without_a_body(manager: PageClient, path: str) -> None:
    sync_all(number("PN1"))

    head, whole = manager.head(path), manager.get(path)

    assert head.status_code == 200
    assert head.getvalue() == b""
    names = ("Content-Type", "Content-Disposition", "Cache-Control")
    assert [head.headers[name] for name in names] == [whole.headers[name] for name in names]


def test_a_file_has_all_pages_and_ignores_the_page_parameter(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place}", name=f"Line {place}") for place in range(120)])

    for query in ("", "?page=2", "?page=99", "?page=x"):
        assert [row["Id"] for row in csv_rows(manager, f"/numbers.csv{query}")] == [
            f"PN{place}" for place in range(120)
        ]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("q=back", ["PN2"]),
        ("user=US1", ["PN1"]),
        ("calling_us=restricted", ["PN2"]),
        ("sort=-name", ["PN1", "PN2"]),
        ("unassigned=yes", ["PN2"]),
        ("sort=nonsense&user=nobody&kind=blue&x=1", ["PN2", "PN1"]),
    ],
)
def test_the_file_is_filtered_and_sorted_as_the_page_is(manager: PageClient, query: str, ids: list[str]) -> None:
    refused = {"calling": {"US": "restricted"}, "messaging": {}}
    sync_all(number("PN1", name="front"), number("PN2", name="back", users=[], restrictions=refused))

    assert [row["Id"] for row in csv_rows(manager, f"/numbers.csv?{query}")] == ids
    assert [row["id"] for row in raw_csv_rows(manager, f"/numbers.csv?{query}&raw=1")] == ids
    assert [record["id"] for record in json_records(manager, f"/numbers.json?{query}")] == ids


NAMES = ["q", "user", "calling_us", "group", "kind", "country", "porting", "forward", "unassigned", "sort", "page"]
PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from([*NAMES, "role", "numbers", "raw", "who", ""]) | st.text(max_size=5), st.text(max_size=30)
    ),
    max_size=6,
)


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PARAMETERS, st.sampled_from(PATHS))
@example([(name, "\x00") for name in NAMES], "/numbers.xlsx")
@example([("group", "\ud800"), ("user", "US\ud800")], "/numbers.xlsx")
@example([("q", "<r>&</r>"), ("group", "<r>"), ("porting", "</r>")], "/numbers.xlsx")
def test_any_parameter_is_accepted(manager: PageClient, parameters: list[tuple[str, str]], path: str) -> None:
    assert download(manager, f"{path}?{urlencode(parameters, errors='surrogatepass')}") is not None


def test_too_many_parameters_are_refused_without_an_error(manager: PageClient) -> None:
    assert manager.get(f"/numbers.csv?{'a=1&' * 5000}").status_code in {200, 400}


def fail(*_: object, **__: object) -> None:
    raise OperationalError("disk I/O error")


def fail_when_read(*_: object, **__: object) -> Iterator[Any]:
    fail()
    yield


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("place", "failing"), [("listing_of", fail), ("lines", fail_when_read)])
def test_an_error_before_the_first_byte_shows_an_error_page(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch, path: str, place: str, failing: Any
) -> None:
    for name in {"lines": ("number_lines", "teammate_lines")}.get(place, (place,)):
        monkeypatch.setattr(f"numbers.exports.documents.{name}", failing)
    manager.raise_request_exception = False

    response = manager.get(path)

    assert response.status_code == 503
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Content-Disposition" not in response.headers


def test_head_is_not_compressed(manager: PageClient) -> None:
    assert "Content-Encoding" not in manager.head("/numbers.csv", headers={"Accept-Encoding": "gzip"}).headers


def test_a_file_is_compressed_if_the_browser_accepts_it(manager: PageClient) -> None:
    sync_all(number("PN1"))

    response = manager.get("/numbers.json", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(response.getvalue()))["data"][0]["id"] == "PN1"


def test_a_workbook_is_not_compressed_again(manager: PageClient) -> None:
    assert "Content-Encoding" not in manager.get("/numbers.xlsx", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("path", PATHS)
def test_head_builds_no_file(manager: PageClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    for name in ("number_lines", "teammate_lines"):
        monkeypatch.setattr(f"numbers.exports.documents.{name}", fail_when_read)

    assert manager.head(path).status_code == 200


@pytest.mark.parametrize("of", ["numberstate", "assignment"])
def test_a_later_error_cuts_the_file_short(db: None, monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    """The client sees an incomplete response, so half a list never looks complete."""
    monkeypatch.setattr("numbers.exports.rows.FIRST_CHUNK", 1)
    monkeypatch.setattr("numbers.exports.documents.BLOCK", 1)
    sync_all(number("PN1", name="A"), number("PN2", name="B"))
    document = number_document(NumberFilters(), "json")
    assert b"PN1" in next(document)

    with database_fails_at(f'SELECT "numbers_{of}"'), pytest.raises(OperationalError):
        next(document)


def test_the_links_open_files_of_the_same_list() -> None:
    filters = NumberFilters(q="front desk", user="US1", sort="-name", page=3)

    urls = export_urls("numbers:export", filters.but().query)

    assert list(urls) == [
        ("CSV", "/numbers.csv?q=front+desk&user=US1&sort=-name"),
        ("Excel", "/numbers.xlsx?q=front+desk&user=US1&sort=-name"),
        ("JSON", "/numbers.json?q=front+desk&user=US1&sort=-name"),
    ]
    assert [url for _, url in export_urls("numbers:export_teammates", "")] == [
        *("/teammates.csv", "/teammates.xlsx", "/teammates.json")
    ]


def test_the_links_have_names() -> None:
    page = LexborHTMLParser(
        render_to_string("components/_exports.html", {"export_urls": export_urls("numbers:export", "q=a&sort=-name")})
    )

    assert {attribute(link, "href"): text_of(link) for link in page.css("a")} == {
        "/numbers.csv?q=a&sort=-name": "CSV",
        "/numbers.xlsx?q=a&sort=-name": "Excel",
        "/numbers.json?q=a&sort=-name": "JSON",
    }
