import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbers.quo.degraded import raw_restrictions
from numbers.quo.errors import BadPayload
from numbers.quo.ids import MAX_LENGTH
from numbers.quo.payloads import MAX_NOTICES, parse_list, parse_one, parse_stored, parse_timestamp
from numbers.quo.records import NumberRecord, Regions, SetAside, oddities_of
from tests.support.quo_answers import body, listed, number, user

# A valid number


def test_every_field_is_read() -> None:
    raw = json.dumps(number(forward="+15555550199", users=[user(lastName="Byron")]), ensure_ascii=False)

    record = parse_list(listed(raw)).records[0]

    assert (record.id, record.group_id, record.port_request_id) == ("PN1", "1234", None)
    assert (record.formatted_number, record.forward) == ("(555) 555-0123", "+15555550199")
    assert (record.name, record.number) == ("Front desk", "+15555550123")
    assert (record.porting_status, record.symbol) == ("completed", "🏡")
    assert (record.created_at, record.updated_at) == (" '2022-01-01T00:00:00Z'", "2022-01-02T00:00:00Z")
    assert record.calling == Regions("unrestricted", "unrestricted", "restricted")
    assert record.messaging == Regions("unrestricted", "restricted", "restricted")
    assert record.answer == raw
    teammate = record.users[0]
    assert (teammate.id, teammate.email, teammate.role) == ("US1", "ada@example.com", "member")
    assert (teammate.first_name, teammate.last_name, teammate.group_id) == ("Ada", "Byron", "GR1")


def test_a_record_has_its_original_json() -> None:
    raw = json.dumps(number(), indent=3).replace('"PN1"', '"\\u0050N1"')

    record = parse_list(listed(f"\n{raw}\n")).records[0]

    assert (record.id, record.answer) == ("PN1", raw)


def test_equal_teammates_on_several_numbers_are_one_object() -> None:
    on = {"PN1": user("US1"), "PN2": user("US1"), "PN3": user("US1", role="admin")}

    answer = parse_list(listed(*(json.dumps(number(pn, users=[who])) for pn, who in on.items())))

    first, second, third = (record.users[0] for record in answer.records)
    assert first is second
    assert (first.role, third.role) == ("member", "admin")


def test_unknown_keys_are_ignored_at_any_depth() -> None:
    changed = number(users=[user(new={"a": [1]})], new=1e400, data=[])
    changed["restrictions"]["new"] = changed["restrictions"]["calling"]["EU"] = 5
    raw = json.dumps({"data": [changed], "new": None}).replace("Infinity", "1e999").encode()

    assert parse_list(raw).set_aside == ()


def test_a_list_may_be_empty() -> None:
    assert parse_list(body([])).records == ()


def test_a_number_may_have_no_teammates() -> None:
    assert parse_list(body([number(users=[])])).records[0].users == ()


def test_a_single_number_is_parsed() -> None:
    assert parse_one(body(number("PN2")), "PN2").id == "PN2"


@pytest.mark.parametrize("odd_id", ["PN", "PN/?#%", "PN 'x'", "PN🏡", "PN\t\x85", "PN" + "x" * (MAX_LENGTH - 2)])
def test_an_id_may_be_anything_that_its_pattern_allows(odd_id: str) -> None:
    assert parse_one(body(number(odd_id)), odd_id).id == odd_id


# A record without a readable id


@pytest.mark.parametrize(
    "odd_id",
    [
        "XX1",
        "PN1\n",
        "PN1\r2",
        "PN1\u20282",
        "PN\0",
        "PN\ud800",
        "PN" + "x" * MAX_LENGTH,
        "",
        None,
        5,
        True,
        [],
        ["PN1"],
        {},
    ],
)
def test_a_record_without_a_readable_id_is_set_aside(odd_id: object) -> None:
    answer = parse_list(body([number("PN0"), number(id=odd_id), number("PN9")]))

    assert [record.id for record in answer.records] == ["PN0", "PN9"]
    assert answer.set_aside == (SetAside("$.data[1]", "it has no readable id"),)


def test_a_record_that_lacks_its_id_is_set_aside() -> None:
    without = number()
    del without["id"]

    assert len(parse_list(body([without])).set_aside) == 1


@pytest.mark.parametrize("odd", [None, 5, "x", [], [number()]])
def test_a_record_that_is_not_an_object_is_set_aside(odd: object) -> None:
    assert len(parse_list(body([number("PN0"), odd])).set_aside) == 1


def test_an_unreadable_single_number_is_a_bad_payload() -> None:
    with pytest.raises(BadPayload) as caught:
        parse_one(body(number(id=5)), "PN1")

    assert caught.value.flaw == "it has no readable id"


def test_an_answer_about_another_number_is_a_bad_payload() -> None:
    with pytest.raises(BadPayload, match="another number"):
        parse_one(body(number("PN1")), "PN2")


# Restrictions


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("blocked", "blocked"),
        ("", ""),
        (5, "5"),
        ("null", "null"),
        (None, None),
        (True, "true"),
        ([1, "a"], '[1, "a"]'),
        ({}, "{}"),
    ],
)
def test_an_unknown_restriction_becomes_text(value: object, text: str | None) -> None:
    changed = number()
    changed["restrictions"]["messaging"]["Intl"] = value

    assert parse_list(body([changed])).records[0].messaging.Intl == text


def test_a_restriction_that_is_a_huge_number_becomes_text() -> None:
    raw = json.dumps(number()).replace('"restricted"', "-1E+9999")

    assert parse_list(listed(raw)).records[0].calling.Intl == "-1E+9999"


def test_a_missing_restriction_is_none() -> None:
    changed = number()
    del changed["restrictions"]["calling"]["CA"]

    assert parse_list(body([changed])).records[0].calling == Regions("unrestricted", None, "restricted")


# Duplicates


def test_the_last_entry_of_a_duplicate_number_wins() -> None:
    answer = parse_list(body([number(name="old"), number("PN2"), number(name="new")]))

    assert {record.id: record.name for record in answer.records} == {"PN1": "new", "PN2": "Front desk"}
    assert answer.notices == ("Quo lists the number PN1 more than once; the last entry counts.",)


def test_the_last_entry_of_a_duplicate_teammate_wins() -> None:
    answer = parse_list(body([number(users=[user(role="owner"), user("US2"), user(role="admin")])]))

    assert [(teammate.id, teammate.role) for teammate in answer.records[0].users] == [
        ("US1", "admin"),
        ("US2", "member"),
    ]
    assert answer.notices == ("Quo lists a teammate more than once on the number PN1; the last entry counts.",)


def test_the_number_of_notices_is_limited() -> None:
    answer = parse_list(body([number()] * (MAX_NOTICES + 6)))

    assert len(answer.notices) == MAX_NOTICES + 1
    assert answer.notices[-1] == "… and 5 more."


# Invalid bodies

ENVELOPES = [
    b"",
    b" ",
    b"null",
    b"[]",
    b"5",
    b"{}",
    b'{"data": null}',
    b'{"data": 5}',
    b'{"data": "x"}',
    b'{"data": [',
    b'{"data": []} x',
    b"<html></html>",
    b"\xff\xfe{\0}\0",
    b'{"data": [NaN]}',
    b'{"data": [Infinity]}',
    b'{"data": [{"a": "\0"}]}',
    b'{"data": ' + b"[" * 100_000,
    b'{"data": ' + b'{"a":' * 100_000,
    b'{"data": [' + b"[" * 100_000 + b"]" * 99_999 + b"]}",
    b'{"data": [' + b"[" * 100_000 + b'"' + b"]" * 100_000 + b"]}",
    b'{"\\ud800": 1}',
    b"\\ud800" * 1000,
]


@pytest.mark.parametrize("odd", [*ENVELOPES, b'{"data": {}}'])
def test_a_body_that_is_not_a_list_is_a_bad_payload(odd: bytes) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_list(odd)

    assert caught.value.status == 200
    assert caught.value.__context__ is None


@pytest.mark.parametrize("odd", [*ENVELOPES, b'{"data": []}', b'{"data": {}}'])
def test_a_body_that_is_not_a_number_is_a_bad_payload(odd: bytes) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_one(odd, "PN1")

    assert caught.value.__context__ is None


def test_an_envelope_of_another_form_is_described_in_plain_words() -> None:
    with pytest.raises(BadPayload) as caught:
        parse_list(b'{"data": {}}')

    assert caught.value.flaw == "it is not a list of numbers"


def test_a_byte_order_mark_is_skipped() -> None:
    assert len(parse_list(b"\xef\xbb\xbf" + body([number()])).records) == 1


# Nested too deeply for every decoder

DEEP = {
    "lists": "[" * 100_000 + "]" * 100_000,
    "objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "brackets in text": "[" * 5_000 + '"]]}}\\"{{[\\\\"' + "]" * 5_000,
    "1,000 levels": "[" * 1_000 + "]" * 1_000,
    "half of a surrogate pair": "[" * 5_000 + '"\\ud800"' + "]" * 5_000,
}


@pytest.mark.parametrize("deep", DEEP.values(), ids=DEEP)
def test_a_record_that_is_nested_too_deeply_loses_only_its_nesting(deep: str) -> None:
    extra = json.dumps(number("PN2", extra="@")).replace('"@"', deep)
    called = json.dumps(number("PN3", name="@", symbol="@")).replace('"@"', deep)

    answer = parse_list(listed(json.dumps(number("PN1")), deep, extra, called, json.dumps(number("PN4"))))

    first, second, third, last = answer.records
    assert answer.set_aside == (SetAside("$.data[1]"),)
    assert [record.id for record in answer.records] == ["PN1", "PN2", "PN3", "PN4"]
    assert [record.answer for record in answer.records[1:3]] == [extra, called]
    assert first.oddities == second.oddities == last.oddities == ""
    assert (second.name, third.number) == ("Front desk", first.number)
    assert [oddity.field for oddity in oddities_of(third.oddities)] == ["name", "symbol"]
    assert third.name.startswith(deep[0])
    for record in answer.records:
        assert parse_stored(record.answer) == record
    assert parse_one(f'{{"data": {extra}}}'.encode(), "PN2") == second


@pytest.mark.parametrize("deep", DEEP.values(), ids=DEEP)
def test_a_restriction_that_is_nested_too_deeply_is_unusual(deep: str) -> None:
    raw = json.dumps(number(restrictions={"calling": {"US": "@", "CA": "restricted"}}))

    (record,) = parse_list(listed(raw.replace('"@"', deep))).records

    assert (record.calling.US or "").startswith(deep[0])
    assert (record.calling.CA, record.messaging) == ("restricted", Regions(None, None, None))
    assert [oddity.field for oddity in oddities_of(record.oddities)] == ["calling.US"]
    assert list(raw_restrictions(record.answer)) == ["calling.US", "calling.CA"]


@pytest.mark.parametrize("depth", [400, 480, 600, 900])
def test_how_deep_is_too_deep_does_not_depend_on_the_caller(depth: int) -> None:
    raw = json.dumps(number(restrictions={"calling": {"US": "@"}})).replace('"@"', "[" * depth + "]" * depth)

    def parsed_in(frames: int) -> NumberRecord | None:
        return parsed_in(frames - 1) if frames else parse_stored(raw)

    assert parsed_in(0) == parsed_in(250)


# Text that databases cannot store


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b'"\xff"', id="a stray byte"),
        pytest.param(b'"\xed\xa0\x80"', id="a lone surrogate in bytes"),
        pytest.param(b'"\\ud800"', id="a lone high surrogate"),
        pytest.param(b'"x\\udc00"', id="a lone low surrogate"),
        pytest.param(b'"\\ud800\\ud800"', id="two high surrogates"),
        pytest.param(b'"\\ud800\\u0041"', id="a lone surrogate before a character"),
        pytest.param(b'"\\\\\\ud83d"', id="a lone surrogate after a backslash"),
    ],
)
@pytest.mark.parametrize("key", ["name", "unknown"])
def test_text_that_is_not_unicode_is_replaced(key: str, bad: bytes) -> None:
    broken = json.dumps(number("PN2", **{key: "@"})).encode().replace(b'"@"', bad)
    fine = json.dumps(number("PN3", name="\\ud800 🏡 \\\\"))

    answer = parse_list(listed(json.dumps(number()), broken, fine))

    assert [record.id for record in answer.records] == ["PN1", "PN2", "PN3"]
    assert key == "unknown" or "\ufffd" in answer.records[1].name
    assert answer.records[1].answer == broken.decode(errors="replace")
    assert answer.records[2].name == "\\ud800 🏡 \\\\"
    assert answer.records[2].answer == fine


def test_a_lone_surrogate_outside_the_list_is_ignored() -> None:
    assert parse_list(b'{"new": "\\udfff", "data": []}').records == ()


def test_a_nul_in_a_text_becomes_a_replacement_character() -> None:
    changed = number(name="a\0b", users=[user(firstName="\0", email="x\\u0000")])
    changed["restrictions"]["calling"]["US"] = "\0"
    raw = json.dumps(changed)

    record = parse_list(listed(raw)).records[0]

    assert (record.name, record.users[0].first_name, record.calling.US) == ("a\ufffdb", "\ufffd", "\ufffd")
    assert record.users[0].email == "x\\u0000"
    assert record.answer == raw


# Arbitrary input

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=9)  # including lone surrogates
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@st.composite
def broken_numbers(draw: st.DrawFn) -> Any:
    """Draw a number with a field that is arbitrary or missing."""
    changed = number("PN2", users=[user(), user("US2")])
    part: dict[str, Any] = draw(
        st.sampled_from([changed, changed["users"][0], changed["restrictions"], changed["restrictions"]["calling"]])
    )
    for key in draw(st.lists(st.sampled_from(sorted(part)), min_size=1)):
        part[key] = draw(JSON)
    if draw(st.booleans()):
        part.pop(draw(st.sampled_from(sorted(part))))
    return changed


@given(JSON)
def test_any_json_is_an_answer_or_a_bad_payload(data: Any) -> None:
    for text in (json.dumps(data), json.dumps({"data": data}), json.dumps({"data": [data]})):
        for parse in (parse_list, lambda raw: parse_one(raw, "PN1")):
            try:
                parse(text.encode())
            except BadPayload as error:
                assert error.sentence


@given(st.binary())
def test_any_bytes_are_an_answer_or_a_bad_payload(raw: bytes) -> None:
    for text in (raw, b'{"data": [' + raw + b"]}", b'{"data": [{"id": "' + raw + b'"}]}'):
        try:
            parse_list(text)
        except BadPayload as error:
            assert error.sentence


@given(broken_numbers() | JSON)
def test_an_arbitrary_record_does_not_affect_a_valid_one(other: Any) -> None:
    text = json.dumps({"data": [number("PN1"), other, number("PN3")]})
    if "NaN" in text or "Infinity" in text:  # Python writes them, but they are not JSON
        return

    answer = parse_list(text.encode())

    ids = [record.id for record in answer.records]
    assert {"PN1", "PN3"} <= set(ids)
    assert len(ids) + len(answer.set_aside) + len(answer.notices) >= 3
    for record in answer.records:
        assert "\0" not in repr(record)
        record.answer.encode()


# Timestamps

NEW_YEAR = datetime(2022, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (" '2022-01-01T00:00:00Z'", NEW_YEAR),
        ("2022-01-01T00:00:00Z", NEW_YEAR),
        ('"2022-01-01T00:00:00Z" ', NEW_YEAR),
        ("2022-01-01 00:00", NEW_YEAR),
        ("2022-01-01T00:00:00", NEW_YEAR),
        ("2022-01-01T02:00:00+02:00", NEW_YEAR),
        ("2021-12-31T18:30:00-0530", NEW_YEAR),
        ("2022-01-01T00:00:00.000Z", NEW_YEAR),
        ("2022-01-01T00:00:00.123456789Z", NEW_YEAR.replace(microsecond=123456)),
        ("2022-01-01T00:00:00.5+00:00", NEW_YEAR.replace(microsecond=500000)),
    ],
)
def test_a_timestamp_is_parsed_as_utc(text: str, moment: datetime) -> None:
    parsed = parse_timestamp(text)

    assert parsed == moment
    assert parsed is not None
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2022-02-30T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2022-01-01T24:00:00Z",
        "2022-01-01T00:00:60Z",
        "2022-01-01T00:00:00+99:99",
        "٢٠٢٢-٠١-٠١T٠٠:٠٠:٠٠Z",
        "2022-W01-1",
        "1640995200",
        "2022-01-01T00:00:00Z\n2022",
        "2022-01-01T00:00:00Z\0",
        "2" * 10_000,
        "'" * 10_000,
        "\ud800",
    ],
)
def test_an_invalid_timestamp_is_none(text: str) -> None:
    assert parse_timestamp(text) is None


@given(st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?[-+][0-9]{4}"))
def test_no_text_raises_an_error_as_a_timestamp(text: str) -> None:
    parsed = parse_timestamp(text)

    assert parsed is None or parsed.tzinfo is UTC


@given(st.datetimes(timezones=st.timezones()))
def test_pythons_own_timestamps_are_parsed(moment: datetime) -> None:
    if moment.utcoffset() and moment.utcoffset().seconds % 60:  # type: ignore[union-attr] # offsets from before time zones
        return

    try:
        expected = moment.astimezone(UTC)
    except OverflowError:
        return
    assert parse_timestamp(moment.isoformat()) == expected
