"""Finds lines of the settings file that set nothing, or that another line overrides.

A line may be a secret in the wrong place, so the sentences quote only a name that resembles a setting.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from dotenv.parser import Binding

# Docker Compose reads the same file.
_OF_COMPOSE = "COMPOSE_"
_IN_COMPOSE_FILE = ("POSTGRES_PASSWORD",)
_ALIKE = 0.7  # from 0 to 1: between API_KEY and QUO_API_KEY it is 0.78


def notices(bindings: Iterable[Binding], known: Collection[str], file_name: str) -> Iterator[str]:
    """Yield a sentence for each line that has no effect. `known` are the names that the file may set."""
    names = (*known, *_IN_COMPOSE_FILE)
    lines: dict[str, list[int]] = defaultdict(list)
    for binding in bindings:
        name, line = binding.key, line_of(binding)
        if not name:
            continue
        if binding.value is None:
            yield f"Line {line} of {file_name} has no =, so it sets nothing."
        elif name in names:
            lines[name].append(line)
        elif not name.startswith(_OF_COMPOSE):
            alike = get_close_matches(name.upper().replace("-", "_"), names, n=1, cutoff=_ALIKE)
            meant = f" Is {alike[0]} meant?" if alike else ""
            subject = f"{name} in line" if alike and re.fullmatch("[A-Za-z_-]+", name) else "Line"
            yield f"{subject} {line} of {file_name} sets nothing that Quo Admin knows.{meant}"
    for name, found in lines.items():
        if len(found) > 1:
            before = ", ".join(map(str, found[:-1]))
            yield f"{name} is set {len(found)} times in {file_name}: line {found[-1]} counts, not line {before}."
        if f"{name}_FILE" in lines:
            yield f"{name} and {name}_FILE are both set in {file_name}: {name} counts."


def line_of(binding: Binding) -> int:
    """Return the number of the line, without the blank lines that dotenv counts as part of the binding."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
