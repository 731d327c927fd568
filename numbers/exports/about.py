"""The second sheet of a workbook: what the first one lists, as of when, and what the words mean."""

from dataclasses import dataclass

from django.utils import timezone

from numbers import services
from numbers.filters import wording as filter_wording
from numbers.filters.choices import teammate_named
from numbers.filters.numbers import NumberFilters
from numbers.filters.teammates import TeammateFilters
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import not_identified
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.memory.workspace import HeldWorkspace, held_workspace
from numbers.models import Sync
from numbers.vocabulary.cells import REGIONS, Fact
from numbers.vocabulary.phrases import numbers_not_identified, unread_records
from quo_admin.times import format_time, zone_name

MEANINGS = {
    Fact.ALLOWED: "People on the number can call there, or text there.",
    Fact.RESTRICTED: "People on the number cannot call there, or text there. Quo gives no reason.",
    Fact.UNKNOWN: "Quo does not say, or says something else; what it said stands in brackets.",
}

REACH_MEANINGS = {
    Fact.ALLOWED: "They can call there, or text there, through at least one of their numbers.",
    Fact.RESTRICTED: "They cannot call there, or text there: every number that names them is restricted.",
    Fact.UNKNOWN: "No number that names them is known to allow it, and of at least one Quo does not say.",
}
_REGION_TEXTS = [f"{region.key} is {'every other country' if region.is_abroad else region.place}" for region in REGIONS]
_REGIONS = ("Regions", f"{', '.join(_REGION_TEXTS)}.")

_DEMO_DATA = {
    HeldWorkspace.DEMO: "An invented company: this is not your own workspace.",
    HeldWorkspace.MIXED: "Numbers of an invented company are among your own.",
}


@dataclass(frozen=True)
class About:
    """`title` names the list, `entries` are headings with texts, `meanings` explain the facts."""

    title: str
    entries: tuple[tuple[str, str], ...]
    meanings: dict[Fact, str]


def about_numbers(filters: NumberFilters, count: int, moment: Moment = NOW) -> About:
    """Return the second sheet for a list of `count` numbers."""
    target = SyncTarget(Sync.Scope.TEAMMATE, filters.user) if filters.user else WORKSPACE
    teammate = teammate_named(filters.user, moment) if filters.user else None
    sentence = filter_wording.sentence(filters, teammate.name if teammate else "")
    return About("Numbers", (*_entries(sentence, filters.sorted_by, count, target), _REGIONS), MEANINGS)


def about_teammates(filters: TeammateFilters, count: int, moment: Moment = NOW) -> About:
    """Return the second sheet for a list of `count` teammates."""
    entries = _entries(filters.sentence(), filters.sorted_by, count, WORKSPACE)
    if unclear := numbers_not_identified(not_identified(moment).count()):
        entries = (*entries, ("Not identified", unclear))
    return About("Teammates", (*entries, _REGIONS), REACH_MEANINGS)


def _entries(sentence: str, sort: str, count: int, target: SyncTarget) -> tuple[tuple[str, str], ...]:
    freshness = services.freshness(target)
    checked_at, unread = freshness.checked_at, freshness.set_aside
    entries: tuple[tuple[str, str], ...] = (
        ("What is listed", sentence),
        ("How many", str(count)),
        ("Sorted by", sort),
        ("Exported", format_time(timezone.now())),
        ("Last checked with Quo", format_time(checked_at) if checked_at else "Not checked yet"),
        ("Time zone of both", zone_name()),
    )
    if unread:
        entries = (*entries, ("Not included", unread_records(unread)))
    demo = _DEMO_DATA.get(held_workspace())
    return (("Demo data", demo), *entries) if demo else entries
