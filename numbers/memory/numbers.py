"""Named queries for numbers. They only read."""

from collections.abc import Sequence

from django.db.models import Case, F, Func, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import BaseExpression, Combinable, Exists, Subquery

from numbers.database.paging import chunks
from numbers.memory.assignments import assignments_at
from numbers.memory.confirmed import number_confirmed
from numbers.memory.freshness import is_partial_at
from numbers.memory.moment import NOW, Moment
from numbers.models import NumberState, PhoneNumber
from numbers.vocabulary.cells import Fact
from numbers.vocabulary.phones import E164, e164_of, ending_of, has_ending

MAX_KEY_LOOKUPS = 2_000  # up to so many rows, a lookup by key is fast


def numbers_at(moment: Moment) -> QuerySet[NumberState]:
    """Return the state of every number at the moment."""
    return NumberState.objects.filter(moment.held())


def states_up_to(quo_id: str, moment: Moment) -> QuerySet[NumberState]:
    """Return all states of the number `PN…` up to the moment, newest first."""
    return NumberState.objects.filter(moment.up_to("since"), phone_number__quo_id=quo_id).order_by("-since")


def number_of(state: NumberState, moment: Moment) -> PhoneNumber:
    """Return the number of `state`, which is its last state up to the moment, as it was known then.

    In the past, `seen_until` is known only for numbers that were gone.
    """
    number = state.phone_number
    if moment != NOW:
        gone = NumberState.objects.filter(moment.up_to("until"), pk=state.pk).annotate(seen=number_confirmed("until"))
        number.recorded_at = state.since
        number.gone_at, number.seen_until = gone.values_list("until", "seen").first() or (None, None)
    return number


def unconfirmed_at(moment: Moment) -> QuerySet[NumberState]:
    """Return the numbers that Quo's last complete answer did not confirm. Not known for the past: returns none."""
    found = numbers_at(moment).filter(phone_number__seen_until__isnull=False)
    return found if moment == NOW else found.none()


def of_teammate(states: QuerySet[NumberState], user_id: str, moment: Moment) -> QuerySet[NumberState]:
    """Keep the numbers that the teammate `US…` is on."""
    on_them = assignments_at(moment).filter(teammate__quo_id=user_id)
    return states.filter(phone_number__in=on_them.values("phone_number"))


def with_fact(states: QuerySet[NumberState], field: str, fact: Fact) -> QuerySet[NumberState]:
    """Keep the numbers with this fact in the cell `field`."""
    raw = {Fact.ALLOWED: "unrestricted", Fact.RESTRICTED: "restricted"}
    if fact is Fact.UNKNOWN:
        return states.exclude(**{f"{field}__in": list(raw.values())})
    return states.filter(**{field: raw[fact]})


_NOT_IDENTIFIED = Q(unidentified__isnull=True) | Q(unidentified__gt=0)


def not_identified(moment: Moment) -> QuerySet[NumberState]:
    """Return the numbers on which Quo does not identify everybody, in no order, so that their own index is read."""
    return numbers_at(moment).filter(_NOT_IDENTIFIED).order_by()


def has_teammate(moment: Moment, besides: int | None = None) -> Exists:
    """Return the condition that a teammate is on a number, not counting the teammate `besides`."""
    on_it = assignments_at(moment).filter(phone_number=OuterRef("phone_number"))
    return Exists(on_it if besides is None else on_it.exclude(teammate=besides))


def somebody_on(moment: Moment, *, besides: int | None = None) -> Q:
    """Return the condition for numbers with at least one person on them, not counting the teammate `besides`."""
    return Q(has_teammate(moment, besides)) | Q(unidentified__gt=0)


def nobody_on(moment: Moment, *, besides: int | None = None) -> Q:
    """Return the condition for numbers that have nobody on them, not counting the teammate `besides`.

    If Quo does not say who is on a number, neither condition holds.
    """
    return ~Q(has_teammate(moment, besides)) & Q(unidentified=0)


def with_people(states: QuerySet[NumberState], people: str, moment: Moment) -> QuerySet[NumberState]:
    """Keep the numbers with "somebody" or "nobody" on them, or those on which Quo identifies nobody: "unknown".

    A number with only unidentified people is both "somebody" and "unknown".
    """
    # The same conditions as above, in a form in which indexes answer the count of a whole list.
    unclear = not_identified(moment).values("phone_number")
    teammate = Q(has_teammate(moment))
    if people == "somebody":
        return states.filter(teammate | Q(phone_number__in=unclear.filter(unidentified__gt=0)))
    is_unclear = Q(phone_number__in=unclear)
    return states.filter(~teammate & (is_unclear if people == "unknown" else ~is_unclear))


def described_unusually(states: QuerySet[NumberState]) -> QuerySet[NumberState]:
    """Keep the numbers that Quo describes in a way that its description does not allow."""
    return states.exclude(oddities="")


NO_PORT = Q(porting_status=None) | Q(porting_status="")
UNFINISHED = ~(NO_PORT | Q(porting_status__iexact="completed"))


def with_port(states: QuerySet[NumberState], status: str) -> QuerySet[NumberState]:
    """Keep the numbers with Quo's port `status`, with "none", or with any that is "unfinished"."""
    if status == "none":
        return states.filter(NO_PORT)
    if status == "unfinished":
        return states.filter(UNFINISHED)
    return states.filter(porting_status=status)


NO_FORWARD = Q(forward=None) | Q(forward="")


def _forwards_inside(moment: Moment) -> Q:
    # An own number may be no telephone number at all. A forward to it then has the same text.
    same = numbers_at(moment).filter(telephone__in=[OuterRef("forward_number"), OuterRef("forward")])
    return ~NO_FORWARD & Q(Exists(same.exclude(telephone="")))


def forwards_elsewhere(moment: Moment) -> Q:
    """Return the condition for numbers that forward to a telephone that no number has; see `forwards_in_doubt`."""
    return ~NO_FORWARD & ~Q(forward_number="") & ~_forwards_inside(moment)


def forwards_to_unknown(moment: Moment) -> Q:
    """Return the condition for numbers whose forward is no telephone number; see `forwards_in_national_format`."""
    return ~NO_FORWARD & Q(forward_number="") & ~_forwards_inside(moment)


def forwards_in_national_format(moment: Moment) -> dict[int, str]:
    """Return our numbers that are written as such forwards in their own countries, by the keys of those that forward.

    `020 7946 0958` names no country. If exactly one of our numbers is written like that where it belongs, it is meant.
    """
    unknown = numbers_at(moment).filter(forwards_to_unknown(moment)).order_by()
    forwards = dict(unknown.values_list("phone_number", "forward"))
    if not forwards:
        return {}
    countries = list(numbers_at(moment).exclude(country="").order_by().values_list("country", flat=True).distinct())
    meanings = {text: {e164_of(text, country) for country in countries} - {""} for text in forwards.values() if text}
    own: set[str] = set()
    for some in chunks(set().union(*meanings.values()), MAX_KEY_LOOKUPS):
        own.update(numbers_at(moment).filter(telephone__in=some).order_by().values_list("telephone", flat=True))
    meant = {key: meanings[text] & own for key, text in forwards.items() if text}
    return {key: numbers.pop() for key, numbers in meant.items() if len(numbers) == 1}


def endings_in_doubt(moment: Moment) -> frozenset[str]:
    """Return the endings of telephones that may be ours: of numbers that Quo gives in another form than E.164.

    A record that could not be read may have any number.
    """
    if is_partial_at(moment):
        return frozenset([""])
    # All of them are unusual, and an index has those.
    unclear = described_unusually(numbers_at(moment)).exclude(telephone__regex=f"^{E164}$").order_by()
    return frozenset(map(ending_of, unclear.values_list("telephone", flat=True).distinct()))


def forwards_in_doubt(moment: Moment) -> list[int]:
    """Return the keys of the numbers that forward to a telephone that no number has, and that may be ours all the same.

    The others that `forwards_elsewhere` forward calls outside the company.
    """
    endings = endings_in_doubt(moment)
    if not endings:
        return []
    elsewhere = numbers_at(moment).filter(forwards_elsewhere(moment)).order_by()
    rows = elsewhere.values_list("phone_number", "forward_number")
    return [key for key, forward_number in rows if has_ending(forward_number, endings)]


def with_forward(states: QuerySet[NumberState], where: str, moment: Moment) -> QuerySet[NumberState]:
    """Keep the numbers that forward calls to "any" or "none", or "inside" or "outside" the workspace, or "unknown"."""
    if where in {"none", "any"}:
        return states.filter(NO_FORWARD if where == "none" else ~NO_FORWARD)
    if where == "outside":
        return states.filter(forwards_elsewhere(moment)).exclude(phone_number__in=forwards_in_doubt(moment))
    is_national = Q(phone_number__in=list(forwards_in_national_format(moment)))
    if where == "inside":
        return states.filter(_forwards_inside(moment) | is_national)
    is_in_doubt = Q(phone_number__in=forwards_in_doubt(moment))
    return states.filter((forwards_to_unknown(moment) & ~is_national) | is_in_doubt)


def fact_rank(field: str, facts: Sequence[Fact] = (Fact.ALLOWED, Fact.RESTRICTED, Fact.UNKNOWN)) -> Case:
    """Return the place in `facts` of the fact in the cell `field`."""
    return Case(
        When(**{field: "unrestricted"}, then=Value(facts.index(Fact.ALLOWED))),
        When(**{field: "restricted"}, then=Value(facts.index(Fact.RESTRICTED))),
        default=Value(facts.index(Fact.UNKNOWN)),
        output_field=IntegerField(),
    )


def count_of_teammates(moment: Moment) -> Subquery:
    """Return how many teammates are on a number at the moment."""
    # Not `Count`, which would add a GROUP BY.
    counted = Func("pk", function="COUNT", output_field=IntegerField())
    on_it = assignments_at(moment).filter(phone_number=OuterRef("phone_number")).order_by()
    return Subquery(on_it.values(count=counted))


Order = F | BaseExpression
BY_NAME: Order = F("name_key")


def ordered(
    states: QuerySet[NumberState], key: Order = BY_NAME, sign: str = "", *, first: Sequence[Combinable] = ()
) -> QuerySet[NumberState]:
    """Sort by `first`, then by `key`, descending if `sign` is "-".

    Ties are sorted by name, then telephone, then identity, so pages never overlap.
    """
    return states.order_by(*first, key.desc() if sign else key.asc(), "name_key", "telephone", "phone_number_id")
