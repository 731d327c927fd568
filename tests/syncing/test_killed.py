"""A sync whose process is killed, at whatever moment: nobody waits for it, and the memory is whole."""

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
    """A memory as it was before the office moved on, and as it is after, where nothing went wrong."""

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
    """An installation that has not yet heard that the office moved on."""
    return Installation(tmp_path, quo, story.file)


def test_the_story_changes_something_of_everything(story: Story) -> None:
    for before, after in zip(story.before, story.after, strict=True):
        assert len(after) > len(before)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sync_killed_at_any_moment_leaves_the_memory_whole(office: Installation, story: Story, moment: str) -> None:
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


def test_a_sync_killed_while_asking_leaves_the_memory_as_it_was_and_blocks_nobody(
    office: Installation, story: Story, quo: SandboxServer
) -> None:
    asked = len(quo.requests)
    quo.fault = "stalled"
    process = office.start("manage.py", "sync")
    wait_until(lambda: len(quo.requests) > asked)
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
