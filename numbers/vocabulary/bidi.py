"""Text from outside where no <bdi> can hold it, as in titles and attributes: it turns nothing that stands beside it."""

import re

_BEGIN, _END = "\u2068", "\u2069"  # first strong isolate, pop directional isolate
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # Bidi_Control, as Unicode calls it
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


def isolated(text: str) -> str:
    """Return `text` between marks that isolate it where it could turn its neighbours, else as it is.

    Isolates of its own are left out: without their end they would take the neighbours in, without a beginning end ours.
    """
    return f"{_BEGIN}{text.translate(_ISOLATES)}{_END}" if _TURNING.search(text) else text
