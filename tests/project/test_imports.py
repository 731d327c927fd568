"""The layers: which room may import which."""

import sys

from quo_admin import env
from tests.support.imports import HTTP_LIBRARIES, LAYERS, PACKAGES, is_in, modules, reached_from

LAYER = {room: layer for layer, rooms in enumerate(LAYERS) for room in rooms}


def room_of(name: str) -> str:
    return name.split(".")[1]


def modules_in(room: str) -> set[str]:
    return {name for name in modules() if is_in(name, f"numbers.{room}")}


def test_the_imports_are_found() -> None:
    """Otherwise the tests below could not fail."""
    assert "numbers.services" in modules()["numbers.views.numbers"]
    assert "numbers.models" in reached_from("numbers.views.numbers")
    assert any(is_in(imported, "requests") for imported in modules()["numbers.quo.transport"])


def test_every_module_is_in_a_room() -> None:
    assert {room_of(name) for name in modules() if is_in(name, "numbers")} == set(LAYER)
    alone = {path.stem for path in (env.BASE_DIR / "numbers").glob("*.py")}
    assert alone == {"apps", "services", "urls"}


def test_no_module_imports_from_a_higher_layer_or_from_another_room_of_its_own() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, found in modules().items()
        for imported in found
        if is_in(name, "numbers") and imported.startswith("numbers.") and room_of(name) != room_of(imported)
        if LAYER[room_of(imported)] >= max(LAYER[room_of(name)], 1)
    ]
    assert wrong == []


def test_no_two_modules_import_each_other() -> None:
    assert not {name for name in modules() if name in reached_from(name)}


def test_accounts_never_import_numbers() -> None:
    for name, imported in modules().items():
        if is_in(name, "accounts"):
            assert not {one for one in imported if is_in(one, "numbers")}, name


def test_the_quo_client_imports_neither_the_app_nor_django() -> None:
    for name in modules_in("quo"):
        ours = {one for one in modules()[name] if one.partition(".")[0] in PACKAGES and not is_in(one, "numbers.quo")}
        assert all(is_in(one, "quo_admin.http") for one in ours), name
        assert not {one for one in modules()[name] if is_in(one, "django")}, name
    assert not {one for one in reached_from("quo_admin.http.session") if is_in(one, "numbers")}
    assert not {one for one in modules()["quo_admin.http.session"] if is_in(one, "django")}


def test_the_vocabulary_needs_no_database() -> None:
    """It may use the parts of Django that cut texts and build addresses."""
    allowed = {"django.urls", "django.utils.text"}
    for name in modules_in("vocabulary"):
        assert all(is_in(one, "numbers.vocabulary") for one in reached_from(name)), name
        assert {one for one in modules()[name] if is_in(one, "django")} <= allowed, name


def test_the_sandbox_imports_nothing_else_of_the_app() -> None:
    for name in modules_in("sandbox"):
        assert all(is_in(one, "numbers.sandbox") for one in reached_from(name)), name


def test_only_the_urls_import_views() -> None:
    importers = {name for name, found in modules().items() if any(is_in(one, "numbers.views") for one in found)}
    assert importers - modules_in("views") == {"numbers.urls"}


def test_exports_do_not_import_http() -> None:
    for name in modules_in("exports"):
        assert not {one for one in modules()[name] if is_in(one, "django.http")}, name


def test_only_the_client_the_sandbox_and_the_company_sign_in_use_http() -> None:
    speakers = {
        name
        for name, imported in modules().items()
        if any(is_in(one, library) for one in imported for library in HTTP_LIBRARIES)
    }
    # One says which proxies and certificates the other uses.
    ours = {"quo_admin.http.environment", "quo_admin.http.session"}
    assert speakers - modules_in("quo") - modules_in("sandbox") == ours


def test_views_pages_and_commands_reach_quo_only_through_services() -> None:
    for name in modules_in("views") | modules_in("templatetags") | modules_in("pages") | modules_in("management"):
        assert not {one for one in modules()[name] if is_in(one, "numbers.quo") or is_in(one, "numbers.syncing")}, name


def test_no_package_but_numbers_has_the_name_of_a_standard_module() -> None:
    ours = {path.stem for path in env.BASE_DIR.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert not ours & sys.stdlib_module_names
