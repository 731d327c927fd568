"""What test modules share is in tests/support/, so that any of them can be moved, merged or run alone."""

import ast
from pathlib import Path

from quo_admin import env

TESTS = env.BASE_DIR / "tests"


def imported_by(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names}
    return names


def test_no_module_imports_a_test_module_or_a_conftest() -> None:
    for file in TESTS.rglob("*.py"):
        for name in imported_by(file):
            parts = name.split(".")
            is_ours = parts[0] in {"tests", ""}
            assert not (is_ours and any(part.startswith("test_") or part == "conftest" for part in parts)), (file, name)


def test_test_modules_import_helpers_from_support_alone() -> None:
    for file in TESTS.rglob("test_*.py"):
        if file.parent.name != "chaos":  # the fault table is a program of its own, which its tests are about
            helpers = {name for name in imported_by(file) if name.split(".")[0] in {"tests", ""}}
            others = {name for name in helpers if not name.startswith(("tests.support.", "tests.chaos."))}
            assert not others, (file, others)
