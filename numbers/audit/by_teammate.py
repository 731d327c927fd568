"""The audit by teammate: a number is in several groups, so all the numbers are read, and put together here."""

from collections import defaultdict

from numbers.audit.counted import LINE
from numbers.audit.groups import Group, Line, Person, groups_by_teammate, lines_of
from numbers.audit.query import AuditQuery
from numbers.filters import NumberFilters
from numbers.models import Assignment, TeammateState, shown_name


def by_teammate(asked: AuditQuery) -> tuple[list[Line], list[Group]]:
    """Return every number that fits, and the teammates' groups that they are in.

    What most of a group have does not hang on what is filtered by, so all the numbers are read, and then which fit.
    """
    lines = lines_of(NumberFilters(sort=asked.filters.sort).states().values_list(*LINE))
    shown = None
    fitting = lines
    if asked.filters.is_narrowed:
        shown = set(asked.filters.states().order_by().values_list("phone_number", flat=True))
        fitting = [line for line in lines if line.key in shown]
    people: dict[int, Person] = {}
    states = TeammateState.objects.filter(until=None).order_by("name_key", "teammate__quo_id")
    fields = ("teammate", "teammate__quo_id", "first_name", "last_name", "email")
    for key, user_id, first_name, last_name, email in states.values_list(*fields):
        people[key] = Person(user_id, shown_name(first_name, last_name, email), email)
    on: dict[int, list[str]] = defaultdict(list)
    assignments = Assignment.objects.filter(until=None).order_by().values_list("phone_number", "teammate")
    for number, teammate in assignments:
        if teammate in people:
            on[number].append(people[teammate].user_id)
    return fitting, groups_by_teammate(lines, people.values(), on, shown)
