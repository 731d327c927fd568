"""One case of the table: the fault, the expected result, and how it is checked."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from quo_admin import env
from tests.chaos.checks import BackgroundCall, check
from tests.chaos.memory import Memory, View, invented_states, view_of
from tests.chaos.office import Office, Workspaces, open_office

LAST_GOOD_COPY = "What you see is the last good copy."
FAILED = "The last try failed"
SLOW = "Quo did not answer in time."
MAX_TRIES = 3  # on a machine too busy to answer in time


@dataclass
class Row:
    """The row of a case. `saw` is what a person read; `before`, `during` and `after` summarize the memory."""

    saw: str = ""
    before: str = ""
    during: str = ""
    after: str = ""


@dataclass
class Lane:
    """Where cases run, one after the other: a shared office, and a folder for new offices.

    `reference` is the memory after a sync without faults, `template` the data folder that new offices are copied
    from, and `exit_stack` keeps offices open for later cases.
    """

    folder: Path
    workspaces: Workspaces
    reference: Memory
    office: Office
    template: Path
    exit_stack: ExitStack
    _clock: Path | None = None
    _with_clock: Office | None = None

    def new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="own-", dir=self.folder))

    @contextmanager
    def new_office(self, disk: Path | None = None, **more: str) -> Iterator[Office]:
        """Open an office for one case, with its data on `disk` if given, and `more` variables."""
        folder = self.new_folder()
        data = str(disk or folder / "data")
        with open_office(folder, self.workspaces, self.template, DATA_DIR=data, **more) as office:
            yield office

    def office_with_clock(self) -> tuple[Office, Path]:
        """Return an office whose clock is wrong by the number of seconds in the file, and that file."""
        if self._with_clock is None or self._clock is None:
            folder = self.new_folder()
            self._clock = folder / "clock"
            self._clock.write_text("0")
            variables = {
                "DJANGO_SETTINGS_MODULE": "tests.chaos.clock_settings",
                "CHAOS_CLOCK": str(self._clock),
                "PYTHONPATH": str(env.BASE_DIR),
            }
            opened = open_office(folder, self.workspaces, self.template, **variables)
            self._with_clock = self.exit_stack.enter_context(opened)
        return self._with_clock, self._clock


@dataclass(frozen=True)
class Case:
    """`run` fills the row and raises CheckFailed if the product is wrong. `skip` says why the case cannot run here."""

    group: str
    name: str
    run: Callable[[Lane, Row], None]
    skip: str = ""


Arrange = Callable[[Office], None]


@dataclass(frozen=True)
class Expected:
    """The expected result of an accepted answer: the current state, and all answers that states may come from."""

    state: View
    answers: Sequence[View] = field(default_factory=tuple)


@dataclass(frozen=True)
class Fault:
    """A fault of Quo, or on the way to it, during a sync.

    The page must show all `sentences`. Without `expected` the sync must fail and change nothing. With `variables`,
    `manage.py sync` runs with these instead of a click on the page, and must print the first sentence.
    """

    arrange: Arrange
    sentences: Sequence[str]
    expected: Callable[[Office, Memory], Expected] | None = None
    variables: Callable[[Office], dict[str, str]] | None = None

    def run(self, office: Office, reference: Memory, row: Row) -> None:
        before = begin(office, row)
        self.arrange(office)
        call = BackgroundCall(lambda: self._ask(office))
        meanwhile = office.open_pages()
        call.wait()
        during = office.memory()
        row.during = str(during)
        for what, shown in (("name", meanwhile.name), ("total", meanwhile.total)):
            known = {_expected_pages(office, before)[what], _expected_pages(office, during)[what]}
            check(shown in known, f"during the fault the {what} on a page was {shown!r}")
        row.saw = check_pages(office, during, self.sentences, is_failure=self.expected is None)
        if self.expected is None:
            check(during == before, f"the fault changed the memory: {during.current.differences(before.current)}")
            recover(office, reference, row)
            return
        expected = self.expected(office, before)
        wrong = during.current.differences(expected.state)
        check(not wrong, f"the memory differs from the answer: {wrong}")
        recover(office, reference, row, answers=expected.answers)

    def case(self, group: str, name: str, skip: str = "") -> Case:
        return Case(group, name, lambda lane, row: self.run(lane.office, lane.reference, row), skip)

    def _ask(self, office: Office) -> None:
        if self.variables is None:
            office.check_now()
            return
        code, printed = office.sync(**self.variables(office))
        if self.expected is None:
            check(code == 1, f"manage.py sync: exit {code}: {printed}")
            check(self.sentences[0] in printed, f"manage.py sync printed {printed!r}")
        else:
            check(code == 0, f"manage.py sync: exit {code}: {printed}")


def begin(office: Office, row: Row) -> Memory:
    office.reset()
    before = office.memory()
    row.before = str(before)
    return before


def check_pages(office: Office, memory: Memory, sentences: Sequence[str], *, is_failure: bool) -> str:
    """Check that the pages show the memory and that the list has these sentences; after a failure, all pages must.

    Return the notices of the list.
    """
    seen = office.open_pages()
    shown, expected = {"name": seen.name, "total": seen.total}, _expected_pages(office, memory)
    check(shown == expected, f"the pages show {shown}, the memory is {expected}")
    first = seen.notices[0]
    if is_failure:
        sentences = (*sentences, FAILED, LAST_GOOD_COPY)
    for words in seen.notices if is_failure else [first]:
        for sentence in sentences:
            check(sentence in words, f"the page does not say {sentence!r} but {words!r}")
    check(is_failure or FAILED not in first, f"the page says {first!r}")
    return first[first.find(sentences[0]) :] if sentences else first


def _expected_pages(office: Office, memory: Memory) -> dict[str, object]:
    """Return what the pages must show for this memory: the total and the name of one number."""
    return {"name": office.expected_name(memory), "total": sum(row[1] for row in memory.numbers)}


def recover(office: Office, reference: Memory, row: Row, *, answers: Sequence[View] | None = None) -> None:
    """End the fault, sync once, and compare the memory with that of a run without faults.

    `answers` are the odd answers that were accepted; without them, the whole history must be equal.
    """
    office.fake_quo.end_faults()
    for _ in range(MAX_TRIES):
        office.check_now()
        words = office.open_list()
        if SLOW not in words:
            break
    after = office.memory()
    row.after = str(after)
    check(FAILED not in words, f"after recovery the page still says {words!r}")
    check(words.startswith("Checked with Quo"), f"after recovery the page says {words!r}")
    if answers is None:
        check(after == reference, f"after recovery the memory differs: {_differences(after, reference)}")
    else:
        differences = _differences(after, reference)
        check(after.open_rows == reference.open_rows, f"after recovery the current state differs: {differences}")
        gone = [row for row in reference.numbers if row not in after.numbers]
        check(not gone, f"after recovery these numbers are missing or not gone: {gone[:3]}")
        healthy = [view_of(office.workspaces.first.numbers), view_of(office.workspaces.second.numbers)]
        check(not (made_up := invented_states(after, [*healthy, *answers])), f"no answer contained this: {made_up}")
    office.verify()
    office.check_outputs()


def _differences(mine: Memory, theirs: Memory) -> str:
    if found := mine.current.differences(theirs.current):
        return str(found)
    pairs = (
        (what, getattr(mine, what), getattr(theirs, what)) for what in ("numbers", "states", "teammates", "assignments")
    )
    return "; ".join(
        f"{what}: {[row for row in one if row not in other][:2]} against {[row for row in other if row not in one][:2]}"
        for what, one, other in pairs
        if one != other
    )
