"""What a run is held against, by size. Other sizes have no targets: they show how cost grows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    limit: float
    is_least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.is_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_least else '≤'} {self.limit:g}"


Targets = dict[str, dict[str, Target]]  # by the group or the name of a line, then by its figure

_BOTH: Targets = {
    "first sync": {"ratio ×": Target(20), "peak ×": Target(4)},
    "unchanged sync": {"ratio ×": Target(3), "peak ×": Target(4)},
    "load": {"ratio ×": Target(0.5, is_least=True)},
    "exports": {"first byte s": Target(0.2)},
}
TARGETS: dict[int, Targets] = {
    10_000: _BOTH | {"pages": {"ratio ×": Target(2), "changed ms": Target(100)}, "Chromium": {"p95 ms": Target(100)}},
    100_000: _BOTH | {"pages": {"ratio ×": Target(3), "changed ms": Target(500)}},
}
