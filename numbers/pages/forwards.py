"""Where numbers forward calls, in words: the telephone, the own line that has it, and where the calls end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from numbers.history.wording import Part, Parts, number_part
from numbers.memory.forwards import Chain, Chains, Ending, Line
from numbers.vocabulary.phones import pretty_forward

MAX_IN_LOOP = 5  # lines of a loop that are named


@dataclass(frozen=True)
class Forward:
    """Where a number forwards calls: the telephone, as people read it, and the own line that has it, if one does.

    `ending` says where the calls end. `note` says it in a few words, if it is not that telephone.
    """

    telephone: str
    line: Part | None
    ending: Parts
    note: str

    @property
    def ending_text(self) -> str:
        """Where the calls end, for a file, which names the line in another column."""
        line = f"{self.line.text}. " if self.line else ""
        return line + "".join(part.text for part in self.ending)


Start = tuple[int, str | None, str]
START: Callable[[Any], Start] = attrgetter("phone_number_id", "forward", "forward_number")  # of a number's state


def forwards_of(numbers: Iterable[Start], chains: Chains) -> Mapping[int, Forward]:
    """Return where these numbers forward calls, by key; those that do not are left out."""
    starts = {key: (forward or "", forward_number) for key, forward, forward_number in numbers}
    return {
        key: Forward(
            telephone=pretty_forward(*starts[key]),
            line=_part(chain.first) if chain.first else None,
            ending=tuple(_ending(chain)),
            note=_note(chain),
        )
        for key, chain in chains.of(starts).items()
    }


def _part(line: Line) -> Part:
    return number_part(line.quo_id, line.name)


def _telephone(line: Line) -> Part:
    return Part(pretty_forward(line.forward, line.forward_number), is_outside=True)


def _ending(chain: Chain) -> Iterator[Part]:
    """Yield sentences that follow the telephone and the line that has it."""
    if chain.ending is Ending.LOOP:
        yield from _loop(chain)
        return
    if not chain.first:
        yield Part(_DIRECT[chain.ending])
        return
    is_further = chain.ending not in _AT_LINES
    if chain.count == 1:
        yield Part("From there calls go to " if is_further else "Calls end there")
    else:
        between = chain.count - 2
        through = f"through {between:,} more of your numbers " if between > 1 else "through another of your numbers "
        yield Part(f"From there calls go {through if between else ''}to ")
        yield _part(chain.last)
        yield Part(", and from there to " if is_further else ", where they end")
    if is_further:
        yield _telephone(chain.last)
    yield Part(_AFTER[chain.ending])


_AT_LINES = {Ending.SOMEBODY, Ending.NOBODY, Ending.UNKNOWN_PEOPLE}
_AMBIGUOUS = "several of your numbers, so where calls end cannot be determined."
_MAY_BE_OURS = "may be a number of yours that could not be read."
_DIRECT = {
    Ending.OUTSIDE: "That is outside the company.",
    Ending.IN_DOUBT: f"That {_MAY_BE_OURS} Where calls end cannot be determined.",
    Ending.UNREADABLE: "Where calls end cannot be determined.",
    Ending.AMBIGUOUS: f"That is the telephone of {_AMBIGUOUS}",
}
_AFTER = {
    Ending.SOMEBODY: ".",
    Ending.NOBODY: " and reach nobody.",
    Ending.UNKNOWN_PEOPLE: ". Quo does not say who is on it.",
    Ending.OUTSIDE: ", outside the company.",
    Ending.IN_DOUBT: f", which {_MAY_BE_OURS} Where calls end cannot be determined.",
    Ending.UNREADABLE: ": where calls end cannot be determined.",
    Ending.AMBIGUOUS: f", the telephone of {_AMBIGUOUS}",
}


def _loop(chain: Chain) -> Iterator[Part]:
    """Name the lines of the loop in their order, from the one where calls enter it."""
    entry = chain.loop.index(chain.last)
    loop = chain.loop[entry:] + chain.loop[:entry]
    if len(loop) == 1:
        yield Part("That number forwards to itself: calls go round in a loop.")
        return
    yield Part("Calls go round in a loop: ")
    for line in loop[:MAX_IN_LOOP]:
        yield _part(line)
        yield Part(", ")
    if len(loop) > MAX_IN_LOOP:
        yield Part(f"{len(loop) - MAX_IN_LOOP:,} more, ")
    yield Part("and again ")
    yield _part(loop[0])
    yield Part(".")


def _note(chain: Chain) -> str:
    if chain.ending in {Ending.UNREADABLE, Ending.AMBIGUOUS, Ending.IN_DOUBT}:
        return "cannot be determined"
    if chain.ending is Ending.OUTSIDE:
        return "ends outside the company" if chain.first else ""
    if chain.ending in {Ending.SOMEBODY, Ending.UNKNOWN_PEOPLE}:
        return f"ends at {_part(chain.last).text}" if chain.count > 1 else ""
    return {Ending.NOBODY: "reaches nobody", Ending.LOOP: "in a loop"}[chain.ending]
