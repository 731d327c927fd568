"""The list of numbers."""

from dataclasses import dataclass

from django.core.paginator import Page

from numbers.database.paging import PAGE_SIZE, keys_on, page_of, rows_of
from numbers.filters.base import Chip
from numbers.filters.choices import TeammateChoice, teammate_named
from numbers.filters.numbers import NumberFilters
from numbers.filters.wording import chips, sentence
from numbers.memory.cache import per_version
from numbers.memory.moment import NOW, Moment
from numbers.memory.version import Version
from numbers.models import NumberState
from numbers.pages.rows import NumberRow, described, number_rows


@dataclass(frozen=True, eq=False)
class NumberList:
    """The list page, cached per query and memory version.

    `teammate` is the teammate in the filter; an unknown one has the id as name. `sentence` describes the list and is
    the page's title. Each of `chips` is an active filter.
    """

    filters: NumberFilters
    rows: tuple[NumberRow, ...]
    total: int
    page: Page[int]
    teammate: TeammateChoice | None
    is_known_teammate: bool
    sentence: str
    chips: tuple[Chip, ...]
    notices: tuple[str, ...]


@per_version
def number_list(filters: NumberFilters, _version: Version, moment: Moment = NOW) -> NumberList:
    """Return one page of the matching numbers; past the end, the last page with a notice."""
    states = filters.states(moment)
    keys = states.values_list("pk", flat=True)
    searched = list(keys) if filters.q else None  # a search reads every text, so it runs once
    total = keys.count() if searched is None else len(searched)
    page = page_of(total, PAGE_SIZE, filters.page)
    notices = filters.notices
    if filters.page > page.number:
        notices += (f"There is no page {filters.page}, so the last one is shown.",)
    notices += filters.unmatched(total, moment)
    here = keys_on(page, keys if searched is None else searched)
    teammate = teammate_named(filters.user, moment) if filters.user else None
    name = teammate.name if teammate else ""
    return NumberList(
        filters=filters.but(page=page.number, who=filters.who),
        rows=tuple(number_rows(rows_of(here, described(NumberState.objects.all())), moment, filters.q)),
        total=total,
        page=page,
        teammate=teammate or (TeammateChoice(filters.user, filters.user, "") if filters.user else None),
        is_known_teammate=teammate is not None,
        sentence=sentence(filters, name),
        chips=chips(filters, name),
        notices=notices,
    )
