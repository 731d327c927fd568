"""The table that a run prints: each line with its targets, and the missed targets at the end."""

import sys
from dataclasses import dataclass, field

NAME_WIDTH = 26
MIN_WIDTH = 9  # characters of a column
MB = 1_000_000


@dataclass(frozen=True)
class Target:
    limit: float
    is_minimum: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.is_minimum else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_minimum else '≤'} {self.limit:g}"


Targets = dict[str, dict[str, Target]]  # by group or name of a line, then by figure

_COMMON: Targets = {
    "first sync": {"ratio ×": Target(20), "peak ×": Target(4)},
    "unchanged sync": {"ratio ×": Target(3), "peak ×": Target(4)},
    "load": {"ratio ×": Target(0.5, is_minimum=True)},
    "exports": {"first byte s": Target(0.2)},
    "verify, all renamed": {"before ×": Target(3)},
}
# By size. Other sizes have none; they show how cost grows.
TARGETS: dict[int, Targets] = {
    10_000: _COMMON | {"pages": {"ratio ×": Target(2), "changed ms": Target(100)}, "Chromium": {"p95 ms": Target(100)}},
    100_000: _COMMON | {"pages": {"ratio ×": Target(3), "changed ms": Target(500)}},
}


@dataclass(frozen=True)
class Line:
    """One line. The name of a figure ends with its unit, such as "warm ms"."""

    group: str
    name: str
    figures: dict[str, float] = field(default_factory=dict)
    note: str = ""


class Table:
    """Prints lines and counts how many targets they met."""

    def __init__(self) -> None:
        self._title = ""
        self._targets: Targets = {}
        self._columns: list[str] = []
        self._group = ""
        self._missed: list[str] = []
        self._unmeasured = 0
        self._count = 0

    def start(self, title: str, targets: Targets) -> None:
        """Begin a section for one size, with its targets."""
        self._title, self._targets, self._group = title, targets, ""
        say(f"\n{title.upper()}{'' if targets else ' (no targets)'}")

    def write(self, line: Line) -> None:
        if line.group != self._group or not line.figures.keys() <= set(self._columns):
            self._group, self._columns = line.group, list(line.figures)
            say(f"\n  {line.group:{NAME_WIDTH}}{''.join(f'  {name:>{MIN_WIDTH}}' for name in self._columns)}".rstrip())
        cells = "".join(f"  {_format(line.figures.get(name)):>{max(MIN_WIDTH, len(name))}}" for name in self._columns)
        say(f"  {line.name:{NAME_WIDTH}}{cells}  {'; '.join(filter(None, [self._verdicts(line), line.note]))}".rstrip())

    def end(self) -> None:
        """Print which targets were missed and how many were met."""
        say("")
        for missed in self._missed:
            say(f"MISSED: {missed}")
        met = self._count - len(self._missed) - self._unmeasured
        say(f"{met} of {self._count} targets are met, {self._unmeasured} were not measured.")

    def _verdicts(self, line: Line) -> str:
        """Compare a line with its targets, count them and return the result as text."""
        verdicts = []
        targets = self._targets.get(line.name) or self._targets.get(line.group) or {}
        for name, target in targets.items():
            value = line.figures.get(name)
            verdict = "not measured" if value is None else "met" if target.holds(value) else "MISSED"
            verdicts.append(f"{name} {target} {verdict}")
            self._count += 1
            self._unmeasured += verdict == "not measured"
            if verdict == "MISSED":
                text = f"{self._title}: {line.group}: {line.name}: {name} is {_format(value)}, target {target}"
                self._missed.append(text)
        return ", ".join(verdicts)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _format(value: float | None) -> str:
    """Return a count as a whole number and a measurement with three digits."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    decimals = next((digits for digits, limit in enumerate((100, 10, 1)) if abs(value) >= limit), 3)
    return f"{value:,.{decimals}f}"
