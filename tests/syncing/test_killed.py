"""A sync that is killed at any point blocks nobody and leaves a consistent memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from numbers.sandbox.server import SandboxServer
from numbers.sandbox.workspace import build
from tests.support.installation import KEY, NUMBERS, Installation, finish, kill, move_on, wait_until
from tests.support.killed_sync import MOMENTS

AFTER = "just after the commit"


@pytest.fixture(scope="module")
def quo() -> Iterator[SandboxServer]:
    with SandboxServer(build(NUMBERS), key=KEY) as sandbox:
        yield sandbox


class Story:
    """The memory before and after an undisturbed second sync."""

    def __init__(self, folder: Path, quo: SandboxServer, empty_database: Path) -> None:
        calm = Installation(folder, quo, empty_database)
        assert calm.sync().returncode == 0
        self.before = calm.memory()
        self.file = folder / "before.sqlite3"
        self.file.write_bytes(calm.file.read_bytes())
        move_on(quo.workspace)
        assert calm.sync().returncode == 0
        self.after = calm.memory()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, quo: SandboxServer, empty_database: Path) -> Story:
    return Story(tmp_path_factory.mktemp("calm"), quo, empty_database)


@pytest.fixture
def office(tmp_path: Path, quo: SandboxServer, story: Story) -> Installation:
    """An installation before the second sync."""
    return Installation(tmp_path, quo, story.file)


def test_the_second_sync_changes_every_table(story: Story) -> None:
    for before, after in zip(story.before, story.after, strict=True):
        assert len(after) > len(before)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sync_killed_at_any_point_leaves_a_consistent_memory(office: Installation, story: Story, moment: str) -> None:
    process = office.start("-m", "tests.support.killed_sync", moment)
    done = finish(process)
    assert done.returncode == -9, done.stderr
    assert office.memory() == (story.after if moment == AFTER else story.before)
    began = [] if moment == "before asking" else ["succeeded" if moment == AFTER else "running"]
    assert office.outcomes() == ["succeeded", *began]

    again = office.sync()
    assert again.returncode == 0, again.stderr
    assert office.memory() == story.after
    assert office.outcomes() == ["succeeded", *(end.replace("running", "interrupted") for end in began), "succeeded"]


def test_a_sync_killed_during_its_request_changes_nothing_and_blocks_nobody(
    office: Installation, story: Story, quo: SandboxServer
) -> None:
    requests_before = len(quo.requests)
    quo.fault = "stalled"
    process = office.start("manage.py", "sync")
    wait_until(lambda: len(quo.requests) > requests_before)
    kill(process)
    quo.fault = None
    assert office.memory() == story.before
    assert office.outcomes() == ["succeeded", "running"]
    assert office.sync().returncode == 0
    assert office.memory() == story.after
    assert office.outcomes() == ["succeeded", "interrupted", "succeeded"]
    assert office.rows("SELECT error_sentence FROM numbers_sync WHERE outcome = 'interrupted'") == [
        ("The sync was stopped before it ended. Nothing of it was recorded.",)
    ]
