"""The targets by size. Other sizes have none; they show how cost grows."""

from dataclasses import dataclass


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
}
TARGETS: dict[int, Targets] = {
    10_000: _COMMON | {"pages": {"ratio ×": Target(2), "changed ms": Target(100)}, "Chromium": {"p95 ms": Target(100)}},
    100_000: _COMMON | {"pages": {"ratio ×": Target(3), "changed ms": Target(500)}},
}
