"""What a run finds: lines of figures, some with a bar."""

from dataclasses import dataclass, field

# Two runs on a busy machine differ by less: by a fifth, and by so much of each unit.
WORSE = 1.2
SLACK = {"×": 0.2, "ms": 10.0, "s": 0.05, "MB": 8.0}


@dataclass(frozen=True)
class Line:
    """One line of the table. The names of `figures` end in their units: "median ms".

    `counts` names the figure that is held against `bar`, and against the same figure as it was kept last. It may be
    at most so much, or must be `at_least` so much. Where it could not be measured, `note` says why. `binds` where the
    issue that set the bar means this size and database; elsewhere a bar only tells.
    """

    group: str
    name: str
    figures: dict[str, float] = field(default_factory=dict)
    counts: str = ""
    bar: float | None = None
    at_least: bool = False
    note: str = ""
    where: str = ""
    binds: bool = False

    @property
    def key(self) -> str:
        return f"{self.where}: {self.group}: {self.name}"

    @property
    def value(self) -> float | None:
        return self.figures.get(self.counts)

    @property
    def unit(self) -> str:
        return self.counts.rpartition(" ")[2]

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is met; None where there is none, or nothing to hold against it."""
        if self.bar is None or self.value is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    @property
    def is_missed(self) -> bool:
        return self.binds and self.is_met is False

    def is_worse_than(self, before: float) -> bool:
        """Whether the figure that counts became worse by more than two runs differ anyway."""
        if self.value is None:
            return False
        lesser, greater = (self.value, before) if self.at_least else (before, self.value)
        return greater > lesser * WORSE + SLACK.get(self.unit, 0.0)


def figures(**values: float | None) -> dict[str, float]:
    """Return the figures that there are, by their names: `median_ms` is "median ms", `ratio_x` is "ratio ×"."""
    return {_name(key): value for key, value in values.items() if value is not None}


def _name(key: str) -> str:
    words, _, unit = key.rpartition("_")
    return f"{words.replace('_', ' ')} {'×' if unit == 'x' else unit}".strip()
