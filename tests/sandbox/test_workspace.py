import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import pytest

from numbers.sandbox import names
from numbers.sandbox.answers import healthy
from numbers.sandbox.workspace import Workspace, build

ROOT = Path(__file__).parents[2]
FINGERPRINT_OF_THE_DEMO = "d5009a511405bf23"


@cache
def workspace(numbers: int) -> Workspace:
    """Return a cached workspace that tests must not change."""
    return build(numbers)


def fingerprint(numbers: int, seed: int) -> str:
    return hashlib.sha256(healthy(build(numbers, seed).numbers).body).hexdigest()[:16]


# Reproducibility


def test_the_demo_is_the_same_on_every_machine_and_python() -> None:
    # Update this only with a deliberate change of the company.
    assert fingerprint(60, 7) == FINGERPRINT_OF_THE_DEMO


def test_the_workspace_does_not_depend_on_hash_randomization() -> None:
    code = "import quo_admin; from tests.sandbox.test_workspace import fingerprint; print(fingerprint(300, 5))"
    environment = {"PYTHONHASHSEED": "12345", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == fingerprint(300, 5)


def test_another_seed_gives_another_company() -> None:
    assert {user["email"] for user in build(60, 8).users} != {user["email"] for user in build(60, 7).users}


@pytest.mark.parametrize("size", [0, 1, 2, 7, 59, 60, 61, 500])
def test_the_workspace_has_the_requested_size(size: int) -> None:
    assert len(workspace(size).numbers) == size


@pytest.mark.parametrize("size", [-1, 200_001])
def test_a_size_that_cannot_be_built_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="0 to 200000"):
        build(size)


# Lifelike numbers


@pytest.mark.parametrize("size", [60, 12_000])
def test_ids_and_digits_are_unique(size: int) -> None:
    numbers, users = workspace(size).numbers, workspace(size).users
    assert len({number["id"] for number in numbers}) == size
    assert len({number["number"] for number in numbers}) == size
    assert len({user["id"] for user in users}) == len({user["email"] for user in users}) == len(users)


@pytest.mark.parametrize("size", [60, 3000])
def test_every_number_is_possible_in_the_us_or_canada(size: int) -> None:
    for number in workspace(size).numbers:
        assert phonenumbers.is_possible_number(phonenumbers.parse(number["number"])), number["number"]


def test_the_demo_only_has_numbers_reserved_for_fiction() -> None:
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", number["number"]) for number in workspace(60).numbers)


def test_local_numbers_have_an_area_code_of_the_office_they_are_named_after() -> None:
    offices = {manager.city: manager.area_codes for manager in names.OFFICES}
    found = 0
    for number in workspace(500).numbers:
        codes = offices.get(number["name"].partition(" – ")[0])
        if codes:
            found += 1
            assert number["number"][2:5] in codes
    assert found > 50


def test_there_are_us_canadian_and_every_kind_of_toll_free_numbers() -> None:
    codes = {number["number"][2:5] for number in workspace(500).numbers}
    canadian = {code for manager in names.OFFICES if manager.country == "CA" for code in manager.area_codes}
    american = {code for manager in names.OFFICES if manager.country == "US" for code in manager.area_codes}
    assert codes >= set(names.TOLL_FREE)
    assert len(codes & canadian) > 3
    assert len(codes & american) > 3


def test_the_demo_starts_with_the_numbers_that_every_company_has() -> None:
    first = [number["name"] for number in workspace(60).numbers[:10]]
    assert first[:5] == [
        "Main line",
        "Resident support",
        "Leasing",
        "Emergency maintenance, after hours",
        "Billing & payments",
    ]
    assert all(name.endswith("front desk") for name in first[5:])


def test_the_demo_has_personal_numbers_named_after_their_teammate() -> None:
    personal = [
        number
        for number in workspace(60).numbers
        if len(number["users"]) == 1
        and (number["users"][0]["firstName"] or number["users"][0]["lastName"] or "?") in number["name"]
    ]
    assert len(personal) >= 15


ODD_NAMES: dict[str, Callable[[str], object]] = {
    "of 200 characters": lambda name: len(name) == 200,
    "in Arabic": lambda name: re.search("[\u0600-\u06ff]", name),
    "in Chinese or Japanese": lambda name: re.search("[\u4e00-\u9fff]", name),
    "with an accent": lambda name: re.search("[àâéèêëïôöüç]", name),
}


@pytest.mark.parametrize("kind", ODD_NAMES)
def test_the_demo_has_a_few_odd_names(kind: str) -> None:
    found = [number["name"] for number in workspace(60).numbers if ODD_NAMES[kind](number["name"])]
    assert 1 <= len(found) <= 5


def test_a_bigger_company_has_names_in_hebrew_and_empty_ones() -> None:
    found = {number["name"] for number in workspace(3000).numbers}
    assert "" in found
    assert any(re.search("[\u0590-\u05ff]", name) for name in found)


@pytest.mark.parametrize("symbol", ["🇨🇦", "👨‍👩‍👧‍👦", "👋🏽", "1️⃣", "#1", "HQ", None])
def test_the_demo_has_symbols_of_every_kind(symbol: str | None) -> None:
    assert symbol in [number["symbol"] for number in workspace(60).numbers]


def test_numbers_forward_inside_the_company_outside_and_nowhere() -> None:
    for size in (60, 500):
        own = {number["number"] for number in workspace(size).numbers}
        forwards = [number["forward"] for number in workspace(size).numbers]
        assert forwards.count(None) > size / 2
        assert any(forward in own for forward in forwards)
        assert any(forward and forward not in own for forward in forwards)


def test_ports_are_in_every_state() -> None:
    states = {"completed", "pending", "submitted", "in_progress", "rejected", "cancelled", None}
    for size in (60, 500):
        assert {number["portingStatus"] for number in workspace(size).numbers} == states


def test_only_ported_numbers_have_a_port_request_id() -> None:
    assert all(
        (number["portRequestId"] is None) == (number["portingStatus"] is None) for number in workspace(500).numbers
    )


def test_formatted_numbers_come_in_three_ways() -> None:
    ways = {
        "null"
        if (formatted := number["formattedNumber"]) is None
        else "E.164"
        if formatted == number["number"]
        else re.sub(r"\d", "0", formatted)
        for number in workspace(60).numbers
    }
    assert ways == {"null", "E.164", "(000) 000-0000"}


def test_times_are_iso_8601_except_a_few_like_the_descriptions_example() -> None:
    for size in (60, 3000):
        times = [number[key] for number in workspace(size).numbers for key in ("createdAt", "updatedAt")]
        exact = sum(1 for time in times if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time))
        odd = sum(1 for time in times if re.fullmatch(r" '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ'", time))
        assert exact > 0.9 * len(times)
        assert 0 < odd < 0.1 * len(times)


def test_no_number_was_updated_before_it_was_created() -> None:
    assert all(number["createdAt"] <= number["updatedAt"] for number in workspace(500).numbers)


def test_group_ids_come_in_both_documented_forms() -> None:
    groups = [number["groupId"] for number in workspace(60).numbers]
    assert any(re.fullmatch(r"\d{4}", group) for group in groups)
    assert any(re.fullmatch(r"GR\w{10}", group) for group in groups)


# Restrictions


def mixture(number: dict[str, Any]) -> tuple[str, ...]:
    return tuple(value for channel in ("calling", "messaging") for value in number["restrictions"][channel].values())


@pytest.mark.parametrize(("size", "seed"), [(500, 7), (500, 99), (5000, 1)])
def test_every_mixture_of_restrictions_appears(size: int, seed: int) -> None:
    assert len({mixture(number) for number in build(size, seed).numbers}) == 64


def test_the_demo_has_each_common_mixture_of_restrictions() -> None:
    numbers = workspace(60).numbers
    toll_free = [number for number in numbers if number["number"][2:5] in names.TOLL_FREE]
    local = [number for number in numbers if number not in toll_free]

    def texts(number: dict[str, Any], region: str) -> bool:
        return bool(number["restrictions"]["messaging"][region] == "unrestricted")

    abroad = [number for number in numbers if number["restrictions"]["calling"]["Intl"] == "unrestricted"]
    assert {texts(number, "US") for number in toll_free} == {True, False}
    assert any(not texts(number, "US") and texts(number, "CA") for number in local)
    assert 0 < len(abroad) < 10
    assert any(set(mixture(number)) == {"restricted"} for number in numbers)
    assert any(set(mixture(number)) == {"unrestricted"} for number in numbers)


# Teammates


@pytest.mark.parametrize(("size", "low", "high"), [(60, 24, 42), (3000, 1200, 2100)])
def test_there_are_about_half_as_many_teammates_as_numbers(size: int, low: int, high: int) -> None:
    assert low <= len(workspace(size).users) <= high


@pytest.mark.parametrize("size", [1, 2, 60, 3000])
def test_every_teammate_is_on_a_number(size: int) -> None:
    placed = {user["id"] for number in workspace(size).numbers for user in number["users"]}
    assert placed == {user["id"] for user in workspace(size).users}


def test_nobody_is_twice_on_a_number() -> None:
    for number in workspace(3000).numbers:
        ids = [user["id"] for user in number["users"]]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("size", [60, 3000])
def test_some_numbers_are_shared_by_many_and_some_have_no_teammate(size: int) -> None:
    teams = [len(number["users"]) for number in workspace(size).numbers]
    assert sum(1 for team in teams if 12 <= team <= 45) >= 3
    assert teams.count(0) >= 4
    assert teams.count(1) > size / 4


@pytest.mark.parametrize("size", [1, 60, 3000])
def test_there_is_one_owner(size: int) -> None:
    assert [user["role"] for user in workspace(size).users].count("owner") == 1


def test_there_are_admins_and_even_more_members() -> None:
    roles = [user["role"] for user in workspace(60).users]
    assert 1 <= roles.count("admin") < roles.count("member")


ODD_TEAMMATES: dict[str, Callable[[str | None, str | None], object]] = {
    "only a first name": lambda first, last: first and last is None,
    "only a last name": lambda first, last: first is None and last,
    "no name": lambda first, last: first is None and last is None,
    "a very long name": lambda first, last: len(f"{first} {last}") > 120,
    "an Arabic name": lambda first, last: re.search("[\u0600-\u06ff]", f"{first}{last}"),
    "a Hebrew name": lambda first, last: re.search("[\u0590-\u05ff]", f"{first}{last}"),
    "a Japanese or Chinese name": lambda first, last: re.search("[\u4e00-\u9fff]", f"{first}{last}"),
}


@pytest.mark.parametrize("kind", ODD_TEAMMATES)
def test_the_demo_has_a_few_teammates_with_odd_names(kind: str) -> None:
    found = [user for user in workspace(60).users if ODD_TEAMMATES[kind](user["firstName"], user["lastName"])]
    assert 1 <= len(found) <= 3


def test_email_addresses_only_use_example_domains() -> None:
    pattern = re.compile(r"[a-z0-9.]+@example\.(com|net|org)")
    assert all(pattern.fullmatch(user["email"]) for user in workspace(3000).users)


def test_changing_a_teammate_changes_it_on_all_numbers() -> None:
    company = build(60)
    company.users[0]["role"] = "member"
    roles = [user["role"] for number in company.numbers for user in number["users"]]
    assert "owner" not in roles
