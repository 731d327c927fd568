"""What must always be true in the database, no matter what Quo answered or what happened to this machine.

Each invariant is a fixed number of queries that return only its breaches. Nothing is written, and nothing but breaches
is held in memory.
"""

from collections.abc import Iterator
from functools import partial

from numbers.operations.invariants import database, facts, histories, known, syncs
from numbers.operations.invariants.breach import Breach, Invariant

__all__ = ["INVARIANTS", "Breach", "Invariant", "breaches"]


# The file first: a damaged one makes all other results worthless.
INVARIANTS = (
    Invariant("file", database.the_file_is_unharmed),
    Invariant("times and texts can be read", database.times_and_texts_can_be_read, first_of_all=True),
    Invariant("no orphans", database.nothing_is_orphaned),
    *(
        Invariant(f"{name} {of}", partial(check, history))
        for of, history in (
            ("number", histories.NUMBERS),
            ("teammate", histories.TEAMMATES),
            ("assignment", histories.ASSIGNMENTS),
        )
        for name, check in (
            ("one open state per", histories.one_open),
            ("ends after it began:", histories.ends_after_it_began),
            ("no overlap per", histories.no_overlap),
            ("observed by a sync:", histories.observed),
        )
    ),
    Invariant("no gap per number", histories.gaps_of_numbers),
    Invariant("no gap per teammate", histories.no_gap_of_teammates),
    Invariant("number is described", known.number_is_described),
    Invariant("number is open while there", known.number_is_open_while_there),
    Invariant("number begins when first seen", known.number_begins_when_first_seen),
    Invariant("number ends when gone", known.number_ends_when_gone),
    Invariant("number was confirmed in its last state", known.number_was_confirmed_in_its_last_state),
    Invariant("teammate is described", known.teammate_is_described),
    Invariant("teammate stays described", known.teammate_stays_described),
    Invariant("teammate begins when first seen", known.teammate_begins_when_first_seen),
    Invariant("assignment inside the history", known.assignments_are_inside_the_history),
    Invariant("syncs in order", syncs.syncs_in_order),
    Invariant("syncs that ended are complete", syncs.syncs_that_ended_are_complete),
    Invariant("syncs say what they did", syncs.syncs_say_what_they_did),
    Invariant("one sync runs", syncs.one_sync_runs),
    Invariant("one workspace answered", syncs.one_workspace_answered),
    Invariant("numbers are as Quo answered", facts.numbers_are_as_answered),
    Invariant("numbers are found", facts.numbers_are_found),
    Invariant("teammates are found", facts.teammates_are_found),
    Invariant("searches read what holds now", facts.searches_read_what_holds_now),
)


def breaches() -> Iterator[Breach]:
    """Yield every breach in the default database. Raises DatabaseError if it cannot be read.

    Call this inside `snapshot.one_moment()`: a sync may write between two queries.
    """
    for invariant in INVARIANTS:
        holds = True
        for which, when, what in invariant.find():
            holds = False
            yield Breach(invariant.name, which, when, what)
        if invariant.first_of_all and not holds:
            return
