"""Files are made of lists, without HTTP, and nothing that lists are made of knows of files."""

from tests.support.imports import is_in, modules, reached_from


def test_what_makes_files_knows_neither_views_nor_http() -> None:
    ours = {name for name in modules() if is_in(name, "numbers.exports")}

    assert len(ours) > 5
    for name in ours:
        assert not {one for one in modules()[name] if is_in(one, "django.http")}, name
        assert not {one for one in reached_from(name) if is_in(one, "numbers.views")}, name


def test_only_pages_know_of_files() -> None:
    for name, imported in modules().items():
        if any(is_in(one, "numbers.exports") for one in imported) and not is_in(name, "numbers.exports"):
            assert is_in(name, "numbers.views") or name == "numbers.urls", name
