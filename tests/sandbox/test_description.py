"""Compares the sandbox's answers with Quo's published description, which is not part of this project."""

import json
from collections.abc import Iterator

import pytest

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.quo_description import DESCRIPTION, LIST, SINGLE, problems
from tests.support.raw_http import KEY, Reply, ask

pytestmark = pytest.mark.skipif(
    not DESCRIPTION.is_file(),
    reason="Quo's published description is not here: name its file in QUO_API_DESCRIPTION.",
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(build(), key=KEY) as running:
        yield running


def test_the_comparison_rejects_a_bad_record() -> None:
    record = build(1).numbers[0] | {"number": "206 555 0100"}
    reply = Reply(200, {}, json.dumps({"data": [record]}).encode())
    assert problems(LIST, reply) == ["'206 555 0100' does not match '^\\\\+[1-9]\\\\d{1,14}$'"]


@pytest.mark.parametrize(("numbers", "seed"), [(0, 7), (1, 7), (60, 7), (60, 1), (700, 3)])
def test_the_list_matches_the_description(numbers: int, seed: int) -> None:
    with SandboxServer(build(numbers, seed), key=KEY) as sandbox:
        reply = ask(sandbox)
    assert (reply.status, len(reply.json["data"])) == (200, numbers)
    assert problems(LIST, reply) == []


def test_the_list_of_each_teammate_matches_the_description(sandbox: SandboxServer) -> None:
    for user in sandbox.workspace.users:
        reply = ask(sandbox, f"{LIST}?userId={user['id']}")
        assert reply.status == 200
        assert problems(LIST, reply) == []


def test_each_single_number_matches_the_description(sandbox: SandboxServer) -> None:
    for number in sandbox.workspace.numbers:
        reply = ask(sandbox, f"{LIST}/{number['id']}")
        assert reply.status == 200
        assert problems(SINGLE, reply) == []


@pytest.mark.parametrize(
    ("call", "path", "key", "status"),
    [
        (LIST, LIST, None, 401),
        (SINGLE, f"{LIST}/PN1", "another-key", 401),
        (LIST, f"{LIST}?userId=nobody", KEY, 400),
        (SINGLE, f"{LIST}/1234", KEY, 400),
        (SINGLE, f"{LIST}/PNunknown", KEY, 404),
        (LIST, "/v1/messages", KEY, 404),
    ],
)
def test_each_refusal_matches_the_description(
    sandbox: SandboxServer, call: str, path: str, key: str | None, status: int
) -> None:
    reply = ask(sandbox, path, key=key)
    assert reply.status == status
    assert problems(call, reply) == []


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "500"])
def test_each_declared_error_as_a_fault_matches_the_description(sandbox: SandboxServer, status: str) -> None:
    for call, path in ((LIST, LIST), (SINGLE, f"{LIST}/PN1")):
        reply = ask(sandbox, path, fault=status)
        assert reply.status == int(status)
        assert problems(call, reply) == []
