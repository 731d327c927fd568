"""What may stand behind the restrictions of an audit: each possible cause once, however many numbers it is about."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

from numbers.audit.groups import Line
from numbers.audit.looks import Counts
from numbers.audit.odd import Finding
from numbers.models import NumberState
from numbers.vocabulary.causes import Advice, causes_in
from numbers.vocabulary.cells import COLUMNS, Column, Fact


@dataclass(frozen=True)
class Cause:
    """A possible cause, of restrictions in `columns`, on `count` numbers. Findings refer to it by its letter."""

    letter: str
    advice: Advice
    columns: tuple[Column, ...]
    count: int


@dataclass(frozen=True)
class Causes:
    """The possible causes of every restriction on some numbers."""

    found: tuple[Cause, ...]
    behind: dict[tuple[Column, str], tuple[Advice, ...]]

    def of(self, finding: Finding, lines: Iterable[Line]) -> tuple[Cause, ...]:
        """Return what may stand behind the restrictions by which these numbers, its `lines`, are odd."""
        restricted = [cell.column for cell in finding.cells if cell.fact is Fact.RESTRICTED]
        kinds = {line.kind for line in lines}
        advice = {advice for column in restricted for kind in kinds for advice in self.behind[column, kind]}
        return tuple(cause for cause in self.found if cause.advice in advice)


def causes_of(numbers: Counts) -> Causes:
    """Return what may stand behind the restrictions on these numbers, in the order of the cells."""
    kinds = sorted({look.kind for look in numbers})
    behind = {
        (column, kind): causes_in(column, toll_free=kind == NumberState.Kind.TOLL_FREE)
        for column in COLUMNS
        for kind in kinds
    }
    counts: Counter[Advice] = Counter()
    columns: dict[Advice, set[Column]] = {advice: set() for several in behind.values() for advice in several}
    for look, count in numbers.items():
        advised = set()
        for column, fact in zip(COLUMNS, look.facts, strict=True):
            if fact is Fact.RESTRICTED:
                for advice in behind[column, look.kind]:
                    columns[advice].add(column)
                    advised.add(advice)
        counts.update(dict.fromkeys(advised, count))
    found = [advice for advice in columns if counts[advice]]
    return Causes(
        found=tuple(
            Cause(letter, advice, tuple(column for column in COLUMNS if column in columns[advice]), counts[advice])
            for letter, advice in zip(ascii_uppercase, found, strict=False)
        ),
        behind=behind,
    )
