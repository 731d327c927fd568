"""The audit's groups with all their numbers at hand, which the pages have no need of."""

from numbers.audit.by_teammate import by_teammate
from numbers.audit.counted import LINE
from numbers.audit.groups import Group, Grouping, Line, groups_by, lines_of
from numbers.audit.query import AuditQuery
from numbers.filters import NumberFilters


def at_hand(asked: AuditQuery) -> tuple[list[Line], list[Group]]:
    """Every number that fits, and the groups that they are in."""
    if asked.by is Grouping.TEAMMATE:
        return by_teammate(asked)
    lines = lines_of(NumberFilters(sort=asked.filters.sort).states().values_list(*LINE))
    shown = set(asked.filters.states().order_by().values_list("phone_number", flat=True))
    return [line for line in lines if line.key in shown], groups_by(asked.by, lines, shown)
