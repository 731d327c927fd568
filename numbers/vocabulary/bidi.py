"""Isolates the direction of outside text where no <bdi> can, as in titles and attributes."""

import re

_BEGIN, _END = "\u2068", "\u2069"  # first strong isolate, pop directional isolate
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # the property Bidi_Control in Unicode
_ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


def isolated(text: str) -> str:
    """Return `text`, within isolating marks if it contains directional marks that could affect its neighbours.

    Isolating marks inside `text` are removed, because an unpaired one would extend or end ours.
    """
    return f"{_BEGIN}{text.translate(_ISOLATES)}{_END}" if _BIDI_CONTROLS.search(text) else text
