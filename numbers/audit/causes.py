"""What may stand behind the restrictions of an audit: each possible cause once, however many numbers it is about."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from numbers.audit.groups import AuditedNumber
from numbers.audit.looks import Counts
from numbers.audit.outliers import Outliers
from numbers.models import NumberState
from numbers.vocabulary.causes import Advice, causes_in
from numbers.vocabulary.cells import CELLS, Cell, Fact


@dataclass(frozen=True)
class Cause:
    """A possible cause, of restrictions in `cells`, on `count` numbers. Outliers refer to it by its letter."""

    letter: str
    advice: Advice
    cells: tuple[Cell, ...]
    count: int


@dataclass(frozen=True)
class Causes:
    """The possible causes of every restriction on some numbers."""

    found: tuple[Cause, ...]
    behind: dict[tuple[Cell, str], tuple[Advice, ...]]

    def of(self, outliers: Outliers, numbers: Iterable[AuditedNumber]) -> tuple[Cause, ...]:
        """Return what may stand behind the restrictions by which these `numbers` are outliers."""
        restricted = [outlying.cell for outlying in outliers.cells if outlying.fact is Fact.RESTRICTED]
        kinds = {number.kind for number in numbers}
        advice = {advice for cell in restricted for kind in kinds for advice in self.behind[cell, kind]}
        return tuple(cause for cause in self.found if cause.advice in advice)


def causes_of(numbers: Counts) -> Causes:
    """Return what may stand behind the restrictions on these numbers, in the order of the cells."""
    kinds = sorted({look.kind for look in numbers})
    behind = {
        (cell, kind): causes_in(cell, toll_free=kind == NumberState.Kind.TOLL_FREE) for cell in CELLS for kind in kinds
    }
    counts: Counter[Advice] = Counter()
    cells: dict[Advice, set[Cell]] = {advice: set() for several in behind.values() for advice in several}
    for look, count in numbers.items():
        advised = set()
        for cell, fact in zip(CELLS, look.facts, strict=True):
            if fact is Fact.RESTRICTED:
                for advice in behind[cell, look.kind]:
                    cells[advice].add(cell)
                    advised.add(advice)
        counts.update(dict.fromkeys(advised, count))
    found = [advice for advice in cells if counts[advice]]
    return Causes(
        found=tuple(
            Cause(letter, advice, tuple(cell for cell in CELLS if cell in cells[advice]), counts[advice])
            for letter, advice in zip(ascii_uppercase, found, strict=False)
        ),
        behind=behind,
    )
