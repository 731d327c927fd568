"""The models: what Quo answered over time, and what people save for themselves."""

from numbers.models.memory import (
    MAX_SET_ASIDE,
    OPEN,
    Assignment,
    NumberState,
    PhoneNumber,
    SearchText,
    Sync,
    Teammate,
    TeammateState,
    display_name,
)
from numbers.models.personal import SavedFilter, ShownColumns

__all__ = [
    "MAX_SET_ASIDE",
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
    "display_name",
]
