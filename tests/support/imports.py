"""Reads from the source which modules of the project import which."""

import ast
from functools import cache
from pathlib import Path

from quo_admin import env

PACKAGES = ("numbers", "accounts", "quo_admin")

# From the bottom. A room may import what is below it. Only rooms of the lowest layer may import one another.
LAYERS = (
    {"quo", "models", "migrations", "vocabulary", "database", "sandbox"},
    {"memory"},
    {"syncing", "filters"},
    {"history"},
    {"services"},
    {"pages"},
    {"audit", "personal"},
    {"exports", "operations"},
    {"templatetags"},
    {"views", "management"},
    {"urls", "apps"},
)

HTTP_LIBRARIES = {
    *("aiohttp", "httpx", "requests", "urllib3"),
    *("http.client", "http.server", "socketserver", "urllib.request", "wsgiref"),
}


def _name(file: Path) -> str:
    parts = file.relative_to(env.BASE_DIR).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, frozenset[str]]:
    """Return the full names of the modules that each of our modules imports."""
    files = {_name(file): file for room in PACKAGES for file in (env.BASE_DIR / room).rglob("*.py")}
    return {name: frozenset(_imports(name, file, set(files))) for name, file in files.items()}


def _imports(name: str, file: Path, ours: set[str]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if file.name == "__init__.py" else name.rpartition(".")[0]
            for _ in range(node.level - 1):
                package = package.rpartition(".")[0]
            base = ".".join(filter(None, [package if node.level else "", node.module]))
            # `from package import module` imports the module; `from module import name` the module.
            found.update(f"{base}.{alias.name}" if f"{base}.{alias.name}" in ours else base for alias in node.names)
            found.update(f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in HTTP_LIBRARIES)
    return found


def reached_from(name: str) -> set[str]:
    """Return all our modules that `name` imports directly or indirectly."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        for imported in modules().get(ahead.pop(), frozenset()):
            if imported in modules() and imported not in reached:
                reached.add(imported)
                ahead.append(imported)
    return reached


def is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")
