"""What is kept: the memory of what Quo said, and what people keep for themselves."""

from numbers.models.memory import (
    OPEN,
    Assignment,
    NumberState,
    PhoneNumber,
    SearchText,
    Sync,
    Teammate,
    TeammateState,
    shown_name,
)
from numbers.models.personal import SavedFilter, ShownColumns

__all__ = [
    "OPEN",
    "Assignment",
    "NumberState",
    "PhoneNumber",
    "SavedFilter",
    "SearchText",
    "ShownColumns",
    "Sync",
    "Teammate",
    "TeammateState",
    "shown_name",
]
