"""What the program keeps of a version of the memory, and how a test has it forgotten."""

from numbers import filter_choices, overview, services, teammates
from numbers.changes import changes_since
from numbers.per_version import forget_all

_KEPT = (
    changes_since,
    filter_choices.fields_of,
    filter_choices.what_there_is,
    overview.standing,
    services.number_list,
    services.number_page,
    teammates.teammate_list,
    teammates.teammate_page,
)


def forget() -> None:
    """Go on as a program that has just started: whoever asks now is the first."""
    forget_all()
    for kept in _KEPT:
        kept.cache_clear()
