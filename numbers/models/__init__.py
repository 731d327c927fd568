"""The models: what Quo answered over time, what people save for themselves, and how timers' commands ended."""

from numbers.models.memory import MAX_SET_ASIDE as MAX_SET_ASIDE
from numbers.models.memory import OPEN as OPEN
from numbers.models.memory import Assignment as Assignment
from numbers.models.memory import NumberState as NumberState
from numbers.models.memory import PhoneNumber as PhoneNumber
from numbers.models.memory import SearchText as SearchText
from numbers.models.memory import Sync as Sync
from numbers.models.memory import Teammate as Teammate
from numbers.models.memory import TeammateState as TeammateState
from numbers.models.memory import display_name as display_name
from numbers.models.personal import SavedFilter as SavedFilter
from numbers.models.personal import ShownColumns as ShownColumns
from numbers.models.runs import LastRun as LastRun
