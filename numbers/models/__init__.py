"""The models: what Quo answered over time, and what people save for themselves."""

from numbers.models.memory import (
    KEPT_SET_ASIDE,
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
    "KEPT_SET_ASIDE",
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
