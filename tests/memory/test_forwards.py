"""Chains of forwards: which own line comes next, and where calls end."""

from collections.abc import Mapping
from time import perf_counter

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from numbers.filters.numbers import NumberFilters
from numbers.memory import forwards
from numbers.memory.forwards import Chain, Chains, Ending
from numbers.memory.moment import NOW, Moment
from numbers.memory.numbers import numbers_at
from numbers.models import Teammate
from numbers.quo.records import NumberRecord
from tests.support.records import Syncer, number, teammate

pytestmark = pytest.mark.django_db

ADA = teammate("US1")


def line(name: str, forward: str | None = None, *, digit: int | None = None, staffed: bool = True) -> NumberRecord:
    """Return the number named `name`, which is +1 206 555 01xx with the place of its letter, or `digit`."""
    place = ord(name[0]) - ord("A") if digit is None else digit
    people = (ADA,) if staffed else ()
    return number(f"PN{name}", *people, name=name, number=telephone(place), forward=forward)


def telephone(place: int) -> str:
    return f"+1206555{place + 100:04}"


def to(name: str) -> str:
    return telephone(ord(name) - ord("A"))


def unidentified(count: int | None) -> NumberRecord:
    """Return B without a teammate and with so many people whom Quo does not identify; None if it does not say."""
    return number("PNB", name="B", number=to("B"), unidentified=count)


LONDON = number("PNB", ADA, name="B", number="+442079460958")
DUTCH = number("PNC", ADA, name="C", number="+31612345678")
FRENCH = number("PND", ADA, name="D", number="+33612345678")


def chains(moment: Moment = NOW, besides: int | None = None) -> dict[str, Chain]:
    """Return the chain of every number that forwards, by name."""
    rows = numbers_at(moment).values_list("phone_number_id", "name", "forward", "forward_number")
    names = {key: name for key, name, *_ in rows}
    starts = {key: (forward or "", forward_number) for key, _, forward, forward_number in rows}
    return {names[key]: chain for key, chain in Chains(moment, besides=besides).of(starts).items()}


def words_of(chain: Chain) -> tuple[str | None, str, int, str]:
    """Return the first line, the last one, how many come after the start, and the ending."""
    return chain.first and chain.first.name, chain.last.name, chain.count, chain.ending.name


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([line("A", to("B")), line("B")], ("B", "B", 1, "SOMEBODY")),
        ([line("A", to("B")), line("B", staffed=False)], ("B", "B", 1, "NOBODY")),
        ([line("A", to("B")), unidentified(None)], ("B", "B", 1, "UNKNOWN_PEOPLE")),
        ([line("A", to("B")), unidentified(2)], ("B", "B", 1, "SOMEBODY")),
        ([line("A", to("B")), line("B", to("C")), line("C")], ("B", "C", 2, "SOMEBODY")),
        ([line("A", to("B")), line("B", to("C")), line("C", staffed=False)], ("B", "C", 2, "NOBODY")),
        ([line("A", to("B")), line("B", to("C"), staffed=False), line("C")], ("B", "C", 2, "SOMEBODY")),
        ([line("A", to("Z"))], (None, "", 0, "OUTSIDE")),
        ([line("A", to("B")), line("B", to("Z"))], ("B", "B", 1, "OUTSIDE")),
        ([line("A", "front desk")], (None, "", 0, "UNREADABLE")),
        ([line("A", to("B")), line("B", "sip:b@example.com")], ("B", "B", 1, "UNREADABLE")),
        ([line("A", to("A"))], ("A", "A", 0, "LOOP")),
        ([line("A", to("B")), line("B", to("A"))], ("B", "A", 1, "LOOP")),
        ([line("A", to("B")), line("B", to("C")), line("C", to("B"))], ("B", "B", 2, "LOOP")),
        ([line("A", to("B")), line("B"), line("C", digit=1)], (None, "", 0, "AMBIGUOUS")),
        ([line("A", "(206) 555-0101"), line("B", "206.555.0102 x5"), line("C")], ("B", "C", 2, "SOMEBODY")),
        ([line("A", "not a number"), number("PNB", name="B", number="not a number")], ("B", "B", 1, "NOBODY")),
        ([line("A", "+4420"), number("PNB", ADA, name="B", number="+4420")], ("B", "B", 1, "SOMEBODY")),
        (
            [line("A", "front desk"), number("PNB", name="B", number="", formatted_number=None)],
            (None, "", 0, "UNREADABLE"),
        ),
        ([line("A", " "), number("PNB", name="B", number=" ")], ("B", "B", 1, "NOBODY")),
        # The national format of an own number of another country.
        ([line("A", "020 7946 0958"), LONDON], ("B", "B", 1, "SOMEBODY")),
        ([line("A", "tel:(020) 7946 0958 x5"), LONDON], ("B", "B", 1, "SOMEBODY")),
        ([line("A", to("C")), line("C", "020 7946 0958"), LONDON], ("C", "B", 2, "SOMEBODY")),
        ([line("A", "020 7946 0959"), LONDON], (None, "", 0, "UNREADABLE")),
        ([line("A", "06 12345678"), DUTCH, FRENCH], (None, "", 0, "UNREADABLE")),
        ([line("A", "06 12345678"), DUTCH], ("C", "C", 1, "SOMEBODY")),
        # An own number in another form than E.164.
        ([line("A", to("B")), number("PNB", ADA, name="B", number="12065550101")], ("B", "B", 1, "SOMEBODY")),
        ([line("A", to("B")), number("PNB", ADA, name="B", number="(206) 555-0101")], ("B", "B", 1, "SOMEBODY")),
        ([line("A", "206 555 0101"), number("PNB", name="B", number="tel:+1-206-555-0101")], ("B", "B", 1, "NOBODY")),
        (
            [line("A", to("B")), number("PNB", ADA, name="B", number="", formatted_number="(206) 555-0101")],
            ("B", "B", 1, "SOMEBODY"),
        ),
        (
            [line("A", "+442079460958"), number("PNB", ADA, name="B", number="+44 20 7946 0958")],
            ("B", "B", 1, "SOMEBODY"),
        ),
    ],
)
def test_a_chain_is_followed_to_its_end(
    syncer: Syncer, records: list[NumberRecord], expected: tuple[str | None, str, int, str]
) -> None:
    syncer.sync_all(*records)

    assert words_of(chains()["A"]) == expected


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ("020 7946 0999", ["+442079460999", "0044 20 7946 0999"]),
        ("(020) 7946-0999 ext. 5", ["+442079460999"]),
        ("44 20 7946 0999", ["+442079460999"]),
        ("+020 7946 0999", ["+442079460999"]),
        ("8 (495) 123-45-67", ["+74951234567"]),
        ("555-0199", ["+12065550199", "(206) 555-0199"]),
        ("12345", ["+12065512345"]),
        ("", ["+12065550199"]),
        ("reception", ["+12065550199"]),
        ("020 7946 0999 or 020 7946 0998", ["+442079460999"]),
    ],
)
def test_a_forward_that_may_lead_to_an_own_number_is_in_doubt(syncer: Syncer, own: str, others: list[str]) -> None:
    usual = [line(f"A{place}", forward, digit=place) for place, forward in enumerate(others)]
    syncer.sync_all(*usual, number("PNB", name="B", number=own, formatted_number=None))

    assert {words_of(chain) for chain in chains().values()} == {(None, "", 0, "IN_DOUBT")}
    assert NumberFilters(forward="outside").states().count() == 0
    assert NumberFilters(forward="unknown").states().count() == len(others)


@pytest.mark.parametrize("own", ["020 7946 0999", "12345"])
def test_a_forward_that_cannot_lead_to_an_own_number_is_outside(syncer: Syncer, own: str) -> None:
    syncer.sync_all(line("A", "+442079460998"), line("B", own), number("PNC", ADA, name="C", number=own))

    assert {name: words_of(chain) for name, chain in chains().items()} == {
        "A": (None, "", 0, "OUTSIDE"),
        "B": ("C", "C", 1, "SOMEBODY"),
    }


def test_a_forward_is_in_doubt_while_a_record_could_not_be_read(syncer: Syncer) -> None:
    records = [line("A", to("B")), line("B", to("Z"))]
    moments = [Moment(syncer.sync_all(*records, unreadable=count).observed_at) for count in (0, 1, 0)]

    endings = [chains(moment)["A"].ending.name for moment in [*moments, NOW]]

    assert endings == ["OUTSIDE", "IN_DOUBT", "OUTSIDE", "OUTSIDE"]


def test_a_forward_is_in_doubt_before_the_first_complete_answer(syncer: Syncer) -> None:
    syncer.sync_number(line("A", to("Z")))

    assert chains()["A"].ending is Ending.IN_DOUBT
    assert NumberFilters(forward="unknown").states().count() == 1


def test_a_number_that_does_not_forward_has_no_chain(syncer: Syncer) -> None:
    syncer.sync_all(line("A"), line("B", ""))

    assert chains() == {}


def test_a_loop_has_its_lines_in_order(syncer: Syncer) -> None:
    syncer.sync_all(line("A", to("B")), line("B", to("C")), line("C", to("D")), line("D", to("B")))

    found = chains()

    assert "".join(each.name for each in found["A"].loop) in {"BCD", "CDB", "DBC"}
    assert found["A"].last.name == "B"
    assert found["C"].last.name == "C"
    assert {name: chain.first and chain.first.name for name, chain in found.items()} == dict(
        zip("ABCD", "BCDB", strict=True)
    )


def test_a_teammate_who_leaves_does_not_count_as_somebody(syncer: Syncer) -> None:
    bea = teammate("US2")
    syncer.sync_all(
        line("A", to("B")), line("B"), line("C", to("D")), number("PND", ADA, bea, name="D", number=to("D"))
    )
    ada = Teammate.objects.get(quo_id="US1").pk

    assert {name: chain.ending for name, chain in chains(besides=ada).items()} == {
        "A": Ending.NOBODY,
        "C": Ending.SOMEBODY,
    }


def test_a_chain_is_as_of_its_moment(syncer: Syncer) -> None:
    first = syncer.sync_all(line("A", to("B")), line("B"))
    then = Moment(first.observed_at)
    syncer.sync_all(line("A", to("B")), line("B", staffed=False))
    syncer.sync_all(line("A", to("B")))

    assert words_of(chains(then)["A"]) == ("B", "B", 1, "SOMEBODY")
    assert words_of(chains()["A"]) == (None, "", 0, "OUTSIDE")


@pytest.mark.parametrize("length", [1, 2, 3, 4, 40])
def test_a_chain_of_any_length_needs_few_queries(syncer: Syncer, length: int) -> None:
    syncer.sync_all(
        *(line(f"A{place}", telephone(place + 1), digit=place) for place in range(length)),
        line("Z", digit=length),
    )
    start = numbers_at(NOW).get(name="A0")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = Chains(NOW).of({start.phone_number_id: (start.forward or "", start.forward_number)})

    assert words_of(found[start.phone_number_id]) == (f"A{1}" if length > 1 else "Z", "Z", length, "SOMEBODY")
    assert len(queries) == min(length, 4)


def test_lines_are_read_once(syncer: Syncer) -> None:
    syncer.sync_all(*(line(f"A{place}", telephone(place + 1), digit=place) for place in range(9)))
    starts = [
        {key: (forward or "", forward_number)}
        for key, forward, forward_number in numbers_at(NOW)
        .order_by("name")
        .values_list("phone_number_id", "forward", "forward_number")
    ]
    chains_now = Chains(NOW)
    chains_now.of(starts[0])

    with CaptureQueriesContext(connection) as queries:
        again = [chains_now.of(start) for start in starts]

    assert len(queries) == 0
    assert [chain.count for of_start in again for chain in of_start.values()] == [*range(8, -1, -1)]


@pytest.mark.parametrize("is_loop", [True, False])
def test_ten_thousand_forwards_in_one_chain_are_followed_at_once(syncer: Syncer, is_loop: bool) -> None:
    count = 10_000
    records = [
        number(f"PN{place}", name=str(place), number=f"+1206{5_000_000 + place}", forward=f"+1206{5_000_001 + place}")
        for place in range(count)
    ]
    if is_loop:
        records[-1] = number("PNlast", name="last", number=records[-1].number, forward=records[0].number)
    syncer.sync_all(*records)

    before = perf_counter()
    found = chains()

    assert perf_counter() - before < 5
    assert found["0"].count == count - 1
    assert {chain.ending for chain in found.values()} == {Ending.LOOP if is_loop else Ending.OUTSIDE}


# Compare with a naive model, which follows each call line by line.

OURS = [*map(telephone, range(6)), "", "reception"]
FORWARDS = [None, *OURS, "front desk", "+442079460958", "(206) 555-0101", "tel:2065550102"]
MEANT = {"(206) 555-0101": telephone(1), "tel:2065550102": telephone(2)}
lines = st.dictionaries(
    st.integers(0, 7), st.tuples(st.sampled_from(OURS), st.sampled_from(FORWARDS), st.booleans()), min_size=1
)
Office = Mapping[int, tuple[str, str | None, bool]]


def naive(office: Office, place: int, unread: int) -> tuple[list[int], str]:
    """Return the lines that a call to a line reaches one after the other, and how it ends."""
    path: list[int] = []
    is_in_doubt = unread or any(digits in {"", "reception"} for digits, *_ in office.values())
    while True:
        _, forward, is_staffed = office[place]
        if not forward:
            return path, "SOMEBODY" if is_staffed else "NOBODY"
        following = [other for other, (digits, *_) in office.items() if digits == MEANT.get(forward, forward)]
        if not following:
            is_readable = forward not in {"front desk", "reception"}
            return path, ("IN_DOUBT" if is_in_doubt else "OUTSIDE") if is_readable else "UNREADABLE"
        if len(following) > 1:
            return path, "AMBIGUOUS"
        place = following[0]
        if place in path:
            return path, "LOOP"
        path.append(place)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines, st.sampled_from([0, 1, 3]), st.sampled_from([0, 0, 1]))
def test_chains_and_filters_agree_with_a_naive_model(
    monkeypatch: pytest.MonkeyPatch, office: Office, steps: int, unread: int
) -> None:
    monkeypatch.setattr(forwards, "MAX_STEPS", steps)
    before = transaction.savepoint()
    try:
        Syncer().sync_all(
            *(
                number(
                    f"PN{place}",
                    *([ADA] if is_staffed else []),
                    name=str(place),
                    number=digits,
                    formatted_number=None,
                    forward=forward,
                )
                for place, (digits, forward, is_staffed) in office.items()
            ),
            unreadable=unread,
        )
        expected = {str(place): naive(office, place, unread) for place, (_, forward, _) in office.items() if forward}

        found = chains()

        assert {name: chain.ending.name for name, chain in found.items()} == {
            name: end for name, (_, end) in expected.items()
        }
        for name, (path, ending) in expected.items():
            chain = found[name]
            assert (chain.first.name if chain.first else None) == (str(path[0]) if path else None)
            assert chain.count == len({*path} - {int(name)})
            if path and ending != "LOOP":
                assert chain.last.name == str(path[-1])
            assert {int(each.name) for each in chain.loop} <= set(path)
        direct = {name: "inside" if path else ending for name, (path, ending) in expected.items()}
        for where, endings in {
            "inside": {"inside", "AMBIGUOUS"},
            "outside": {"OUTSIDE"},
            "unknown": {"UNREADABLE", "IN_DOUBT"},
        }.items():
            listed = NumberFilters(forward=where).states().values_list("name", flat=True)
            assert set(listed) == {name for name, ending in direct.items() if ending in endings}
    finally:
        transaction.savepoint_rollback(before)
