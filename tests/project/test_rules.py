"""Rules about the code that imports alone do not show. Each list of exceptions may only become shorter."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from quo_admin import env

PACKAGES = ("numbers", "accounts", "quo_admin")

# Only these know `since` and `until`. Everything else passes a moment.
KNOWS_TIME = re.compile(r"numbers/(memory|syncing|models|operations/invariants)/")

SAME_NAME: set[str] = set()
NAMED_BY_DJANGO = {"Command"}

_LOOKUP = re.compile(r"-?(?:\w+__)?(?:since|until)(?:__\w+)?")
_TAKING_LOOKUPS = {"filter", "exclude", "get", "create", "update", "alias", "annotate", "Q", "When", "FilteredRelation"}
_OF_MANAGERS = {"objects", "_default_manager", "_base_manager"}
_OF_MODELS = {
    *("save", "delete", "create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    *("filter", "exclude", "aggregate", "annotate", "values_list", "select_related", "prefetch_related"),
}


@cache
def trees() -> dict[str, ast.Module]:
    files = [file for package in PACKAGES for file in sorted((env.BASE_DIR / package).rglob("*.py"))]
    return {
        name(file): ast.parse(file.read_text(encoding="utf-8")) for file in files if file.parent.name != "migrations"
    }


def name(file: Path) -> str:
    return file.relative_to(env.BASE_DIR).as_posix()


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def lookups_of_time(tree: ast.AST) -> Iterator[str]:
    """Yield where a model's `since` or `until` is named: as a lookup, as a field, or as an attribute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in _TAKING_LOOKUPS:
            yield from (word.arg for word in node.keywords if word.arg and _LOOKUP.fullmatch(word.arg))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _LOOKUP.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.Attribute) and node.attr in {"since", "until"}:
            yield node.attr


def uses_of_models(tree: ast.AST) -> Iterator[str]:
    """Yield what saves or queries a model. `get_object_or_404` may look in a queryset that has a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _OF_MANAGERS:
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _OF_MODELS:
            yield node.func.attr


def test_only_memory_syncing_models_and_invariants_know_since_and_until() -> None:
    asking = {file for file, tree in trees().items() if not KNOWS_TIME.match(file) and any(lookups_of_time(tree))}
    assert asking == set()


def test_a_lookup_of_time_is_found_however_it_is_written() -> None:
    """Otherwise the test above could not fail."""
    code = "x.filter(until=None)\nQ(a__since__lte=1)\nx.order_by('-since')\nF('b__until')\nstate.until\nf(since=1)"
    assert sorted(lookups_of_time(ast.parse(code))) == ["-since", "a__since__lte", "b__until", "until", "until"]


def test_views_neither_save_nor_query_models() -> None:
    views = {file: tree for file, tree in trees().items() if re.search(r"/views(/|\.py$)", file)}
    assert len(views) > 15
    assert {file for file, tree in views.items() if any(uses_of_models(tree))} == set()


def test_no_two_public_classes_have_the_same_name() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for file, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name not in NAMED_BY_DJANGO:
                found[node.name].append(file)
    assert {name for name, files in found.items() if len(files) > 1} == SAME_NAME
