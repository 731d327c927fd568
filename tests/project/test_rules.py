"""Rules about the code besides imports. Each list of exceptions may only become shorter."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from quo_admin import env

PACKAGES = ("numbers", "accounts", "quo_admin")

# Only these may use when a state begins and ends. Everything else takes a moment.
MAY_USE_TIME_COLUMNS = re.compile(r"numbers/(memory|syncing|models|operations/invariants)/")

SAME_NAME: set[str] = set()
NAMED_BY_DJANGO = {"Command"}

_LOOKUP = re.compile(r"-?(?:\w+__)?(?:since|until)(?:__\w+)?")
_LOOKUP_FUNCTIONS = {
    "filter",
    "exclude",
    "get",
    "create",
    "update",
    "alias",
    "annotate",
    "Q",
    "When",
    "FilteredRelation",
}
_MANAGERS = {"objects", "_default_manager", "_base_manager"}
_MODEL_METHODS = {
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


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def lookups_of_time(tree: ast.AST) -> Iterator[str]:
    """Yield each use of a model's `since` or `until` as a lookup, a field or an attribute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called_name(node) in _LOOKUP_FUNCTIONS:
            yield from (word.arg for word in node.keywords if word.arg and _LOOKUP.fullmatch(word.arg))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _LOOKUP.fullmatch(node.value):
            yield node.value
        elif isinstance(node, ast.Attribute) and node.attr in {"since", "until"}:
            yield node.attr


def uses_of_models(tree: ast.AST) -> Iterator[str]:
    """Yield each use that saves or queries a model. `get_object_or_404` with a named queryset is allowed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _MANAGERS:
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MODEL_METHODS:
            yield node.func.attr


def test_only_memory_syncing_models_and_invariants_use_since_and_until() -> None:
    asking = {
        file for file, tree in trees().items() if not MAY_USE_TIME_COLUMNS.match(file) and any(lookups_of_time(tree))
    }
    assert asking == set()


def test_every_form_of_time_lookup_is_found() -> None:
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
