"""Migrations do not change when the code does."""

import ast
from pathlib import Path

from quo_admin import env

OURS = {"numbers", "accounts", "quo_admin", "bench", "tests"}
MIGRATIONS = [file for app in ("numbers", "accounts") for file in (env.BASE_DIR / app / "migrations").glob("*.py")]


def imported_modules(file: Path) -> set[str]:
    """Return the modules that a file imports, including names passed to functions such as import_module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(f"{'.' * node.level}{node.module or ''}")
        elif isinstance(node, ast.Call):
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if "import" in called:
                names |= {str(text) for text in texts}
    return names


def is_earlier_migration(module: str, file: Path) -> bool:
    """Return whether the module is a migration before `file`, which never changes either."""
    folder, _, name = module.rpartition(".")
    return folder == f"{file.parts[-3]}.migrations" and name[:4] < file.name[:4]


def test_no_migration_imports_our_code_except_of_earlier_migrations() -> None:
    assert len(MIGRATIONS) > 15
    found = {file: imported_modules(file) for file in MIGRATIONS}
    ours = {file: {one for one in used if one.split(".")[0] in OURS | {""}} for file, used in found.items()}
    assert [file.name for file, used in ours.items() if any(not is_earlier_migration(one, file) for one in used)] == []


def test_every_form_of_import_is_found(tmp_path: Path) -> None:
    """Otherwise the test above could not fail."""
    file = tmp_path / "0001_initial.py"
    file.write_text(
        'import a.b\nfrom c import d\nfrom . import e\nx = import_module("f.g")\ny = z.import_string("h")\n'
    )

    assert imported_modules(file) == {"a.b", "c", ".", "f.g", "h"}
