"""One row of the table: what goes wrong, what must come of it, and how that is found out."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from quo_admin import env
from tests.chaos.checks import Asking, check
from tests.chaos.memory import Memory, View, never_said, view_of
from tests.chaos.office import Office, Quo, open_office

LAST_GOOD_COPY = "What you see is the last good copy."
FAILED = "The last try failed"
SLOW = "Quo did not answer in time."
MOST_TRIES = 3  # of a machine so busy that nothing of it answers in time


@dataclass
class Row:
    """What a case came to. `saw` is what a person read; `before`, `during` and `after` are the memory's counts."""

    saw: str = ""
    before: str = ""
    during: str = ""
    after: str = ""


@dataclass
class Place:
    """Where cases take place: an office that they share, one after the other, and room for offices of their own.

    `calm` is what is remembered where nothing goes wrong, `like` the data folder that new offices begin from, and
    `open_offices` keeps those open that further cases will want.
    """

    folder: Path
    quo: Quo
    calm: Memory
    office: Office
    like: Path
    open_offices: ExitStack
    _clock: Path | None = None
    _with_clock: Office | None = None

    def own_folder(self) -> Path:
        return Path(tempfile.mkdtemp(prefix="own-", dir=self.folder))

    @contextmanager
    def own_office(self, disk: Path | None = None, **more: str) -> Iterator[Office]:
        """An office for one case only, with its data on `disk`, if there is one, and `more` variables."""
        folder = self.own_folder()
        with open_office(folder, self.quo, self.like, DATA_DIR=str(disk or folder / "data"), **more) as own:
            yield own

    def office_with_clock(self) -> tuple[Office, Path]:
        """An office whose clock is wrong by the seconds that stand in the file."""
        if self._with_clock is None or self._clock is None:
            folder = self.own_folder()
            self._clock = folder / "clock"
            self._clock.write_text("0")
            variables = {
                "DJANGO_SETTINGS_MODULE": "tests.chaos.clock_settings",
                "CHAOS_CLOCK": str(self._clock),
                "PYTHONPATH": str(env.BASE_DIR),
            }
            opened = open_office(folder, self.quo, self.like, **variables)
            self._with_clock = self.open_offices.enter_context(opened)
        return self._with_clock, self._clock


@dataclass(frozen=True)
class Case:
    """`run` fills the row, and raises Wrong where the product is. `skip` says why it cannot be tried here."""

    group: str
    name: str
    run: Callable[[Place, Row], None]
    skip: str = ""


Arm = Callable[[Office], None]


@dataclass(frozen=True)
class Taken:
    """What an answer that is no failure has to come to: what holds then, and every view that a state may come from."""

    holds: View
    said: Sequence[View] = field(default_factory=tuple)


@dataclass(frozen=True)
class Fault:
    """A fault of Quo, or on the way to it, while somebody asks.

    `sees` are sentences that the page must show. Without `taken` the sync fails and the memory stays as it is. `more`
    gives variables for `manage.py sync`, which then asks instead of the page, and must print the same.
    """

    arm: Arm
    sees: Sequence[str]
    taken: Callable[[Office, Memory], Taken] | None = None
    more: Callable[[Office], dict[str, str]] | None = None

    def run(self, office: Office, calm: Memory, row: Row) -> None:
        before = begin(office, row)
        self.arm(office)
        asking = Asking(lambda: self._ask(office))
        meanwhile = office.look()
        asking.wait()
        during = office.memory()
        row.during = str(during)
        for what, shown in (("name", meanwhile.name), ("total", meanwhile.total)):
            known = {_shown(office, before)[what], _shown(office, during)[what]}
            check(shown in known, f"meanwhile the {what} on a page was {shown!r}")
        row.saw = see(office, during, self.sees, is_failure=self.taken is None)
        if self.taken is None:
            check(during == before, f"the fault changed the memory: {during.present.differences(before.present)}")
            recover(office, calm, row)
            return
        expected = self.taken(office, before)
        wrong = during.present.differences(expected.holds)
        check(not wrong, f"the memory is not what the answer comes to: {wrong}")
        recover(office, calm, row, said=expected.said)

    def case(self, group: str, name: str, skip: str = "") -> Case:
        return Case(group, name, lambda place, row: self.run(place.office, place.calm, row), skip)

    def _ask(self, office: Office) -> None:
        if self.more is None:
            office.check_now()
            return
        code, printed = office.sync(**self.more(office))
        if self.taken is None:
            check(code == 1, f"manage.py sync: exit {code}: {printed}")
            check(self.sees[0] in printed, f"manage.py sync printed {printed!r}")
        else:
            check(code == 0, f"manage.py sync: exit {code}: {printed}")


def begin(office: Office, row: Row) -> Memory:
    office.reset()
    before = office.memory()
    row.before = str(before)
    return before


def see(office: Office, memory: Memory, sentences: Sequence[str], *, is_failure: bool) -> str:
    """Open the pages: they show what is in memory, and the list says these sentences; of a failure, every page does.

    Return what the list says.
    """
    seen = office.look()
    shown = {"name": seen.name, "total": seen.total}
    check(shown == _shown(office, memory), f"the pages show {shown}, the memory holds {_shown(office, memory)}")
    first = seen.told[0]
    if is_failure:
        sentences = (*sentences, FAILED, LAST_GOOD_COPY)
    for words in seen.told if is_failure else [first]:
        for sentence in sentences:
            check(sentence in words, f"the page does not say {sentence!r} but {words!r}")
    check(is_failure or FAILED not in first, f"the page says {first!r}")
    return first[first.find(sentences[0]) :] if sentences else first


def _shown(office: Office, memory: Memory) -> dict[str, object]:
    """What the pages show where they show this memory: how many numbers there are, and how one is called."""
    return {"name": office.shown_name(memory), "total": sum(row[1] for row in memory.numbers)}


def recover(office: Office, calm: Memory, row: Row, *, said: Sequence[View] | None = None) -> None:
    """End the fault, sync once, and hold the memory against that of a run without faults.

    `said` are the views of answers that were taken though they were odd; without it, the whole history must be equal.
    """
    office.door.heal()
    for _ in range(MOST_TRIES):
        office.check_now()
        words = office.look_at_the_list()
        if SLOW not in words:
            break
    after = office.memory()
    row.after = str(after)
    check(FAILED not in words, f"after recovery the page still says {words!r}")
    check(words.startswith("Checked with Quo"), f"after recovery the page says {words!r}")
    if said is None:
        check(after == calm, f"after recovery the memory differs: {_differences(after, calm)}")
    else:
        check(after.open_rows == calm.open_rows, f"after recovery what holds differs: {_differences(after, calm)}")
        gone = [row for row in calm.numbers if row not in after.numbers]
        check(not gone, f"after recovery these numbers are unknown, or not gone: {gone[:3]}")
        healthy = [view_of(office.quo.first.numbers), view_of(office.quo.second.numbers)]
        check(not (made_up := never_said(after, [*healthy, *said])), f"nobody has said this: {made_up}")
    office.verify()
    office.check_outputs()


def _differences(mine: Memory, theirs: Memory) -> str:
    if found := mine.present.differences(theirs.present):
        return str(found)
    pairs = (
        (what, getattr(mine, what), getattr(theirs, what)) for what in ("numbers", "states", "teammates", "assignments")
    )
    return "; ".join(
        f"{what}: {[row for row in one if row not in other][:2]} against {[row for row in other if row not in one][:2]}"
        for what, one, other in pairs
        if one != other
    )
