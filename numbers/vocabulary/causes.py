"""Possible causes of a restriction, and what to do next. Quo itself gives no reason."""

from dataclasses import dataclass

from numbers.vocabulary.cells import Cell, Fact, Reading
from numbers.vocabulary.phones import is_toll_free


@dataclass(frozen=True)
class Advice:
    """A possible cause of a restriction, and the next step."""

    cause: str
    step: str


_A2P = Advice(
    "The company's registration with the US carriers (A2P 10DLC) may not be done. It binds Canadian numbers that "
    "text the United States, too.",
    "In Quo, open Settings, then Trust Center, and look at the state of the US carrier registration.",
)
_SOLE_PROPRIETOR = Advice(
    "A sole-proprietor registration covers one number only; the others stay restricted.",
    "If other numbers may text the United States, look up in Quo which number the registration covers.",
)
_TOLL_FREE = Advice(
    "The toll-free verification may not be done. Unverified toll-free numbers have not been able to text since "
    "November 2023, and the US carrier registration does not cover them.",
    "In Quo, look for this number's toll-free verification and send it in or see why it was refused.",
)
_MESSAGING_ABROAD = Advice(
    "International texting may not be enabled for the workspace.",
    "Ask a workspace owner or admin whether international texting is meant to be on.",
)
_CALLING_ABROAD = Advice(
    "The number's own switch for international calling may be off.",
    "If people on it need to call abroad, an owner or admin can turn it on in the number's settings in Quo.",
)
_OTHER = Advice(
    "Not known: Quo gives no reason, and this is seldom restricted.",
    "If people on it need this, ask Quo's support and name the number.",
)


def advice_for(reading: Reading, number: str) -> tuple[Advice, ...]:
    """Return the possible causes if the cell of `number` (E.164) is restricted, else none."""
    return causes_for(reading.cell, toll_free=is_toll_free(number)) if reading.fact is Fact.RESTRICTED else ()


def causes_for(cell: Cell, *, toll_free: bool) -> tuple[Advice, ...]:
    """Return the possible causes of a restriction in `cell` for this kind of number."""
    key = cell.key
    if key in {"messaging.US", "messaging.CA"} and toll_free:
        return (_TOLL_FREE,)
    known = {
        "messaging.US": (_A2P, _SOLE_PROPRIETOR),
        "messaging.Intl": (_MESSAGING_ABROAD,),
        "calling.Intl": (_CALLING_ABROAD,),
    }
    return known.get(key, (_OTHER,))
