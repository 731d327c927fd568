"""Workspaces larger than the sandbox builds at once, and changes to them."""

import copy
from collections import Counter

import pytest

from bench import workspaces
from bench.workspaces import change, middle, workspace_of
from numbers.sandbox.workspace import build


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspaces, "MOST_NUMBERS", 100)


def test_what_the_sandbox_builds_is_taken_as_it_is() -> None:
    assert workspace_of(80) == build(80)


@pytest.mark.usefixtures("small_blocks")
def test_a_larger_one_has_as_many_numbers_each_its_own() -> None:
    workspace = workspace_of(250)
    for field in ("id", "number"):
        assert len({record[field] for record in workspace.numbers}) == 250
    for field in ("id", "email"):
        assert Counter(user[field] for user in workspace.users).most_common(1)[0][1] == 1
    known = {user["id"] for user in workspace.users}
    assert all(user["id"] in known for record in workspace.numbers for user in record["users"])


def test_a_change_renames_that_share_of_the_numbers() -> None:
    workspace = build(300)
    before = copy.deepcopy(workspace.numbers)
    assert change(workspace, 0.01) == 3
    renamed = [(old, new) for old, new in zip(before, workspace.numbers, strict=True) if old["name"] != new["name"]]
    assert len(renamed) == 3
    assert workspace.version == 1


def test_somebody_is_on_the_number_in_the_middle() -> None:
    workspace = build(60)
    workspace.numbers[30]["users"] = []
    assert middle(workspace)["users"]
