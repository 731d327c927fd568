"""Which file may import which, as the design has it: pages are drawn from services, services from memory."""

import sys

import pytest

from quo_admin import env
from tests.support.imports import HTTP_LIBRARIES, ROOMS, is_in, modules, reached_from

# From the bottom to the top: whoever stands higher may use what stands lower, never the other way round.
FLOORS = ("models", "querysets", "search", "filters", "services", "views")
ABOVE_SYNC = {"numbers.filters.numbers", "numbers.services", "numbers.views"}


def test_the_imports_are_found() -> None:
    """Else the tests below could not fail."""
    assert "numbers.services" in modules()["numbers.views.numbers"]
    assert "numbers.models" in reached_from("numbers.views.numbers")
    assert any(is_in(imported, "requests") for imported in modules()["numbers.quo.transport"])


@pytest.mark.parametrize("floor", FLOORS)
def test_nothing_looks_up(floor: str) -> None:
    higher = {f"numbers.{name}" for name in FLOORS[FLOORS.index(floor) + 1 :]}
    for name in modules():
        if is_in(name, f"numbers.{floor}"):
            assert not {one for one in reached_from(name) if any(is_in(one, room) for room in higher)}, name


def test_only_the_urls_import_views() -> None:
    importers = {
        name
        for name, imported in modules().items()
        if any(is_in(one, "numbers.views") for one in imported) and not is_in(name, "numbers.views")
    }
    assert importers == {"numbers.urls"}


def test_what_quo_is_asked_with_knows_neither_the_app_nor_django() -> None:
    for name, imported in modules().items():
        if is_in(name, "numbers.quo"):
            ours = {one for one in imported if one.partition(".")[0] in ROOMS and not is_in(one, "numbers.quo")}
            assert not ours, name
            assert not {one for one in imported if is_in(one, "django")}, name


def test_the_sandbox_knows_nothing_of_the_app() -> None:
    for name, imported in modules().items():
        if is_in(name, "numbers.sandbox"):
            ours = {one for one in imported if one.partition(".")[0] in ROOMS and not is_in(one, "numbers.sandbox")}
            assert not ours, name


def test_only_the_client_the_sandbox_and_the_company_sign_in_speak_http() -> None:
    speakers = {
        name
        for name, imported in modules().items()
        if any(is_in(one, lib) for one in imported for lib in HTTP_LIBRARIES)
    }
    others = {name for name in speakers if not (is_in(name, "numbers.quo") or is_in(name, "numbers.sandbox"))}
    assert others <= {"accounts.company.http"}


def test_a_sync_stands_below_the_pages() -> None:
    assert not reached_from("numbers.syncing.run") & ABOVE_SYNC


def test_no_page_asks_quo_or_records_by_itself() -> None:
    for name, imported in modules().items():
        if is_in(name, "numbers.views") or is_in(name, "numbers.templatetags"):
            asking = {one for one in imported if is_in(one, "numbers.quo")} - {"numbers.quo.ids"}
            assert not asking | {one for one in imported if one == "numbers.syncing.recording"}, name


def test_no_two_modules_import_each_other() -> None:
    assert not {name for name in modules() if name in reached_from(name)}


def test_nothing_of_ours_is_named_like_a_module_of_python_but_numbers() -> None:
    ours = {path.stem for path in env.BASE_DIR.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert not ours & sys.stdlib_module_names
