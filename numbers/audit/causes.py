"""The possible causes of the restrictions in an audit. Each is listed once, with a count of numbers."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from numbers.audit.groups import AuditedNumber
from numbers.audit.outliers import Outliers
from numbers.audit.patterns import Counts
from numbers.models import NumberState
from numbers.vocabulary.causes import Advice, causes_for
from numbers.vocabulary.cells import CELLS, Cell, Fact


@dataclass(frozen=True)
class Cause:
    """A possible cause of restrictions in `cells` on `count` numbers. Outliers refer to it by its letter."""

    letter: str
    advice: Advice
    cells: tuple[Cell, ...]
    count: int


@dataclass(frozen=True)
class Causes:
    """The possible causes of every restriction on some numbers."""

    found: tuple[Cause, ...]
    advice: dict[tuple[Cell, str], tuple[Advice, ...]]

    def of_outliers(self, outliers: Outliers, numbers: Iterable[AuditedNumber]) -> tuple[Cause, ...]:
        """Return the possible causes of the restrictions that make these `numbers` outliers."""
        restricted = [outlying.cell for outlying in outliers.cells if outlying.fact is Fact.RESTRICTED]
        kinds = {number.kind for number in numbers}
        advised = {advice for cell in restricted for kind in kinds for advice in self.advice[cell, kind]}
        return tuple(cause for cause in self.found if cause.advice in advised)


def causes_of(numbers: Counts) -> Causes:
    """Return the possible causes of the restrictions on these numbers, in the order of the cells."""
    kinds = sorted({pattern.kind for pattern in numbers})
    advice_by_cell = {
        (cell, kind): causes_for(cell, toll_free=kind == NumberState.Kind.TOLL_FREE) for cell in CELLS for kind in kinds
    }
    counts: Counter[Advice] = Counter()
    cells: dict[Advice, set[Cell]] = {advice: set() for advices in advice_by_cell.values() for advice in advices}
    for pattern, count in numbers.items():
        advised = set()
        for cell, fact in zip(CELLS, pattern.facts, strict=True):
            if fact is Fact.RESTRICTED:
                for advice in advice_by_cell[cell, pattern.kind]:
                    cells[advice].add(cell)
                    advised.add(advice)
        counts.update(dict.fromkeys(advised, count))
    found = [advice for advice in cells if counts[advice]]
    return Causes(
        found=tuple(
            Cause(letter, advice, tuple(cell for cell in CELLS if cell in cells[advice]), counts[advice])
            for letter, advice in zip(ascii_uppercase, found, strict=False)
        ),
        advice=advice_by_cell,
    )
