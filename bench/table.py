"""How a run looks in a terminal: each line as it comes, and in the end what is not as it ought to be."""

import sys
from collections.abc import Collection, Mapping

from bench.lines import Line

NAME = 30
LEAST = 9  # characters of a column


class Table:
    """Writes lines; `before` are the figures that were kept last, by the lines' keys."""

    def __init__(self, before: Mapping[str, float]) -> None:
        self._before = before
        self._headed = ("", "")
        self._columns: list[str] = []
        self._lines: list[Line] = []

    def write(self, line: Line) -> None:
        """Write one line, below a heading where another group or other figures begin."""
        if (line.where, line.group) != self._headed or not line.figures.keys() <= set(self._columns):
            self._head(line)
        self._lines.append(line)
        cells = "".join(f"  {_figure(line.figures.get(name)):>{max(LEAST, len(name))}}" for name in self._columns)
        say(f"  {line.name:{NAME}}{cells}  {self._verdict(line)}".rstrip())

    def _head(self, line: Line) -> None:
        if line.where != self._headed[0]:
            say(f"\n{line.where.upper()}")
        self._headed = (line.where, line.group)
        self._columns = list(line.figures)
        heads = "".join(f"  {name:>{LEAST}}" for name in self._columns)
        say(f"\n  {line.group:{NAME}}{heads}".rstrip())

    def end(self) -> bool:
        """Write what is not as it ought to be; return whether all of it is."""
        missed = [line for line in self._lines if line.is_missed]
        worse = [line for line in self._lines if self._is_worse(line)]
        unmeasured = self._unmeasured([line.key for line in self._lines], {line.where for line in self._lines})
        say()
        for title, found in (
            ("NOT MET", [line.key for line in missed]),
            ("WORSE", [line.key for line in worse]),
            ("not measured any more", unmeasured),
        ):
            for key in found:
                say(f"{title}: {key}")
        bound = [line for line in self._lines if line.binds and line.is_met is not None]
        say(f"{len(bound) - len(missed)} of {len(bound)} bars are met; {len(worse)} of the figures became worse.")
        return not (missed or worse)

    def _verdict(self, line: Line) -> str:
        parts = [line.note] if line.note else []
        if line.bar is not None:
            met = {True: "met", False: "NOT MET" if line.binds else "not met", None: "not measured"}[line.is_met]
            parts.append(f"{'≥' if line.at_least else '≤'} {line.bar:g} {line.unit} {met}")
        before = self._before.get(line.key)
        if before is not None and line.value is not None:
            parts.append(f"was {_figure(before)}{', WORSE' if self._is_worse(line) else ''}")
        return "; ".join(parts)

    def _is_worse(self, line: Line) -> bool:
        before = self._before.get(line.key)
        return before is not None and line.is_worse_than(before)

    def _unmeasured(self, keys: Collection[str], places: Collection[str]) -> list[str]:
        """What was kept of the same sizes and databases, and this run has not."""
        return [key for key in self._before if key not in keys and key.partition(": ")[0] in places]


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _figure(value: float | None) -> str:
    """Three digits of a small figure; a large one, and a count, whole."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    decimals = next((digits for digits, least in enumerate((100, 10, 1)) if abs(value) >= least), 3)
    return f"{value:,.{decimals}f}"
