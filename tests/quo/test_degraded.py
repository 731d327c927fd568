"""A number that violates Quo's description loses only what cannot be read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.quo.payloads import parse_list, parse_stored
from numbers.quo.records import MAX_ODD_VALUE, MAX_ODDITIES, NumberRecord, Oddity, Regions, oddities_of
from tests.support.quo_answers import body, listed, number, user

NULLABLE = {
    "portRequestId": "port_request_id",
    "formattedNumber": "formatted_number",
    "forward": "forward",
    "portingStatus": "porting_status",
    "symbol": "symbol",
}
REQUIRED = {
    "groupId": "group_id",
    "name": "name",
    "number": "number",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
}
USER = {"email": "email", "role": "role", "groupId": "group_id", "firstName": "first_name", "lastName": "last_name"}
OTHER_TYPES = [(5, "5"), (1.5, "1.5"), (True, "true"), (["a"], '["a"]'), ({"a": None}, '{"a": null}'), ([], "[]")]


def only(data: dict[str, Any]) -> NumberRecord:
    """Return the record of a number between two others, which are not affected."""
    answer = parse_list(body([number("PN0"), data, number("PN9")]))

    first, record, last = answer.records
    assert (first.id, first.oddities, last.id, last.oddities) == ("PN0", "", "PN9", "")
    assert answer.set_aside == ()
    assert record.answer == json.dumps(data)
    return record


def without(key: str, **changes: Any) -> dict[str, Any]:
    changed = number(**changes)
    del changed[key]
    return changed


def fields(record: NumberRecord) -> dict[str, Any]:
    """Return what the record says, but for its raw JSON and its oddities."""
    ignored = {"raw_json", "oddities"}
    return {name: getattr(record, name) for name in record.__struct_fields__ if name not in ignored}


PLAIN = fields(only(number()))

# Missing, null and other types


@pytest.mark.parametrize("key", NULLABLE)
def test_a_nullable_field_may_be_missing(key: str) -> None:
    record = only(without(key))

    assert fields(record) == PLAIN | {NULLABLE[key]: None}
    assert record.oddities == ""


@pytest.mark.parametrize("key", REQUIRED)
@pytest.mark.parametrize("is_null", [True, False])
def test_a_required_field_that_is_not_given_is_empty(key: str, *, is_null: bool) -> None:
    record = only(number() | {key: None} if is_null else without(key))

    assert fields(record) == PLAIN | {REQUIRED[key]: ""}
    assert oddities_of(record.oddities) == ((Oddity("number", "value"),) if key == "number" else ())


@pytest.mark.parametrize("key", [*NULLABLE, *REQUIRED])
@pytest.mark.parametrize(("value", "text"), OTHER_TYPES)
def test_a_value_of_another_type_is_its_json_text(key: str, value: object, text: str) -> None:
    record = only(number() | {key: value})

    assert fields(record) == PLAIN | {(NULLABLE | REQUIRED)[key]: text}
    assert oddities_of(record.oddities) == (Oddity(key, "form", text),)


@pytest.mark.parametrize("key", USER)
@pytest.mark.parametrize("is_null", [True, False])
def test_a_teammates_field_may_be_missing(key: str, *, is_null: bool) -> None:
    described = user()
    if is_null:
        described[key] = None
    else:
        del described[key]

    (teammate,) = only(number(users=[described])).users

    assert teammate.id == "US1"
    assert getattr(teammate, USER[key]) == (None if key in {"firstName", "lastName"} else "")


@pytest.mark.parametrize("key", USER)
@pytest.mark.parametrize(("value", "text"), OTHER_TYPES)
def test_a_teammates_value_of_another_type_is_its_json_text(key: str, value: object, text: str) -> None:
    record = only(number(users=[user() | {key: value}]))

    assert getattr(record.users[0], USER[key]) == text
    assert oddities_of(record.oddities) == (Oddity(key, "form", text, "US1"),)


def test_a_teammate_with_nothing_but_an_id_stays_on_the_number() -> None:
    record = only(number(users=[{"id": "US1"}]))

    assert [teammate.id for teammate in record.users] == ["US1"]
    assert (record.unidentified, record.oddities) == (0, "")


# New words


@pytest.mark.parametrize("odd", ["5555550123", "+05555550123", "+1", "+1234567890123456", "12345", "+1٥٥٥", "", "x\n"])
def test_a_number_that_is_not_e164_is_kept_as_it_came(odd: str) -> None:
    record = only(number(number=odd))

    assert record.number == odd
    assert oddities_of(record.oddities) == (Oddity("number", "value", odd),)


LONG = ["x" * 20_000, "☎" * 20_000, "5" * 5_000, 10**400, ["5" * 300]]


@pytest.mark.parametrize("odd", LONG, ids=lambda odd: str(odd)[:3])
def test_a_number_of_any_length_is_kept_as_it_came(odd: object) -> None:
    assert only(number() | {"number": odd}).number == (odd if isinstance(odd, str) else json.dumps(odd))


@pytest.mark.parametrize("role", ["manager", "Owner", "owner\n", "👑"])
def test_a_new_role_is_kept_as_it_came(role: str) -> None:
    record = only(number(users=[user(role=role), user("US2")]))

    assert [teammate.role for teammate in record.users] == [role, "member"]
    assert oddities_of(record.oddities) == (Oddity("role", "value", role, "US1"),)


@pytest.mark.parametrize("group", ["1234", "", "GR1\n", "team a"])
def test_a_teammates_group_may_be_any_text(group: str) -> None:
    record = only(number(users=[user(groupId=group)]))

    assert (record.users[0].group_id, record.oddities) == (group, "")


# Users


@pytest.mark.parametrize("odd_id", ["PN1", "US\0", "US\ud800", "US" + "x" * 500, "", None, 5, ["US1"]])
def test_users_without_a_readable_id_are_counted(odd_id: object) -> None:
    record = only(number(users=[user(id=odd_id), user("US2"), {}]))

    assert [teammate.id for teammate in record.users] == ["US2"]
    assert record.unidentified == 2
    assert oddities_of(record.oddities) == (Oddity("users", "unidentified", "2"),)


@pytest.mark.parametrize("odd", [None, 5, "US1", True, []])
def test_a_user_that_is_no_object_is_counted(odd: object) -> None:
    assert only(number(users=[odd])).unidentified == 1


@pytest.mark.parametrize("odd", [None, 5, "US1", {}, {"id": "US1"}])
def test_without_a_list_of_users_nobody_knows_who_is_on_the_number(odd: object) -> None:
    for data in (number(users=odd), without("users")):
        record = only(data)

        assert (record.users, record.unidentified) == ((), None)
        assert oddities_of(record.oddities) == (Oddity("users", "missing"),)


def test_an_empty_list_of_users_is_a_list() -> None:
    assert only(number(users=[])).unidentified == 0


# Restrictions

NOT_REPORTED = Regions(None, None, None)


def test_without_restrictions_no_cell_is_reported() -> None:
    record = only(without("restrictions"))

    assert fields(record) == PLAIN | {"calling": NOT_REPORTED, "messaging": NOT_REPORTED}
    assert record.oddities == ""


@pytest.mark.parametrize("odd", [5, "restricted", True, [], ["restricted"]])
def test_restrictions_of_another_form_are_not_reported(odd: object) -> None:
    record = only(number(restrictions=odd))

    assert (record.calling, record.messaging) == (NOT_REPORTED, NOT_REPORTED)
    assert oddities_of(record.oddities) == (Oddity("restrictions", "form", json.dumps(odd)),)


@pytest.mark.parametrize("channel", ["calling", "messaging"])
@pytest.mark.parametrize("odd", [None, "unrestricted", [], 5])
def test_a_channel_degrades_alone(channel: str, odd: object) -> None:
    changed = number()
    changed["restrictions"][channel] = odd

    record = only(changed)

    assert fields(record) == PLAIN | {channel: NOT_REPORTED}
    assert oddities_of(record.oddities) == (() if odd is None else (Oddity(channel, "form", json.dumps(odd)),))


@pytest.mark.parametrize("key", ["US", "CA", "Intl"])
def test_a_cell_of_null_is_not_given_like_a_missing_one(key: str) -> None:
    changed, usual = number(), number()
    changed["restrictions"]["messaging"][key] = None
    del usual["restrictions"]["messaging"][key]

    record = only(changed)

    assert fields(record) == fields(only(usual))
    assert record.oddities == ""


@pytest.mark.parametrize(("value", "text"), [*OTHER_TYPES, ("sometimes", "sometimes"), ("", ""), ("null", "null")])
def test_a_new_restriction_is_kept_as_it_came(value: object, text: str) -> None:
    changed = number()
    changed["restrictions"]["messaging"]["CA"] = value

    record = only(changed)

    assert record.messaging == Regions("unrestricted", text, "restricted")
    assert oddities_of(record.oddities) == (Oddity("messaging.CA", "value", text),)


# Limits


def test_the_oddities_of_a_number_are_limited() -> None:
    users = [user(f"US{place}", role="x" * 1000) for place in range(MAX_ODDITIES + 5)]

    found = oddities_of(only(number(users=users)).oddities)

    assert len(found) == MAX_ODDITIES
    assert {len(oddity.value) for oddity in found} == {MAX_ODD_VALUE}


def test_damaged_oddities_are_none() -> None:
    assert oddities_of("[[") == oddities_of('[["a"]]') == oddities_of("5") == ()


def test_a_value_that_is_nested_too_deeply_is_not_given() -> None:
    deep = json.dumps(number()).replace('"Front desk"', "[" * 900 + "]" * 900)

    (record,) = parse_list(listed(deep)).records

    assert record.id == "PN1"


# Arbitrary input

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=9)  # including lone surrogates
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@st.composite
def broken_numbers(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a number with a readable id in which other values are arbitrary or missing."""
    changed = number("PN2", users=[user(), user("US2")])
    part: dict[str, Any] = draw(
        st.sampled_from([changed, changed["users"][0], changed["restrictions"], changed["restrictions"]["calling"]])
    )
    for key in draw(st.lists(st.sampled_from(sorted(part)), min_size=1)):
        part[key] = draw(VALUES)
    if draw(st.booleans()):
        part.pop(draw(st.sampled_from(sorted(part))))
    return changed | {"id": "PN2"}


@given(broken_numbers())
def test_no_value_costs_a_number_with_a_readable_id(broken: dict[str, Any]) -> None:
    record = only(broken)

    assert record.id == "PN2"
    again = parse_stored(record.answer)
    assert again is not None
    assert fields(again) == fields(record)
    assert again.oddities == record.oddities
    for text in (repr(fields(record)), record.oddities, record.answer):
        assert "\0" not in text
        text.encode()
