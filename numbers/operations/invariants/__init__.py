"""What must always be true in the database, no matter what Quo answered or what happened to this machine.

Each invariant is a fixed number of queries that return only its breaches. Nothing is written, and nothing but
counts and a number at a time is held in memory.
"""

from collections.abc import Generator, Sequence
from functools import partial

from numbers.operations.invariants import accounts, counts, database, facts, histories, known, schema, syncs
from numbers.operations.invariants.breach import Breach, Invariant

__all__ = ["INVARIANTS", "WARNINGS", "Breach", "Invariant", "breaches", "schema_breaches", "warnings"]


# The file first: a damaged one makes all other results worthless.
INVARIANTS = (
    Invariant("file", database.the_file_is_unharmed),
    Invariant("columns are there", schema.no_column_is_missing, first_of_all=True),
    Invariant("schema", schema.schema_is_as_migrated),
    Invariant("nothing foreign", schema.nothing_foreign_is_in_the_file),
    Invariant("values can be read", database.values_can_be_read, first_of_all=True),
    Invariant("choices are known", database.choices_are_known),
    Invariant("new rows get new ids", database.new_rows_get_new_ids),
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
    Invariant("teammate has a role given on a number", known.teammate_has_a_role_given_on_a_number),
    Invariant("teammate begins when first seen", known.teammate_begins_when_first_seen),
    Invariant("assignment inside the history", known.assignments_are_inside_the_history),
    Invariant("syncs in order", syncs.syncs_in_order),
    Invariant("syncs that ended are complete", syncs.syncs_that_ended_are_complete),
    Invariant("syncs say what they did", syncs.syncs_say_what_they_did),
    Invariant("syncs counted what they wrote", counts.syncs_counted_what_they_wrote),
    Invariant("lists of syncs can be read", syncs.lists_of_syncs_can_be_read),
    Invariant("one sync runs", syncs.one_sync_runs),
    Invariant("one workspace answered", syncs.one_workspace_answered),
    Invariant("numbers are as Quo answered", facts.numbers_are_as_answered),
    Invariant("numbers are found", facts.numbers_are_found),
    Invariant("teammates are found", facts.teammates_are_found),
    Invariant("searches read what holds now", facts.searches_read_what_holds_now),
    Invariant("roles have their permissions", accounts.roles_have_their_permissions),
)

# Unusual, and perhaps intended: an owner of the data decides.
WARNINGS = (
    Invariant("syncs counted no more than is there", counts.syncs_counted_no_more_than_is_there),
    Invariant("fingerprints are of the answers", facts.fingerprints_are_of_the_answers),
    Invariant("permissions come from roles", accounts.permissions_come_from_roles),
    Invariant("administrators are explained", accounts.administrators_are_explained),
    Invariant("passwords are hashed", accounts.passwords_are_hashed),
    Invariant("somebody can manage people", accounts.somebody_can_manage_people),
    Invariant("no line of the access log is missing", accounts.no_line_of_the_access_log_is_missing),
    Invariant("nothing foreign is on the server", schema.nothing_foreign_is_on_the_server),
)


def breaches() -> Generator[Breach]:
    """Yield every breach in the default database. Raises DatabaseError if it cannot be read.

    Call this inside `snapshot.one_moment()`: a sync may write between two queries.
    """
    return _found_by(INVARIANTS)


def schema_breaches() -> Generator[Breach]:
    """Yield every difference from the schema that the migrations make."""
    return _found_by([invariant for invariant in INVARIANTS if invariant.name in {"schema", "nothing foreign"}])


def warnings() -> Generator[Breach]:
    """Yield what is unusual. Call it as `breaches`, and only if those can all be checked."""
    return _found_by(WARNINGS)


def _found_by(invariants: Sequence[Invariant]) -> Generator[Breach]:
    for invariant in invariants:
        holds = True
        for which, when, what in invariant.find():
            holds = False
            yield Breach(invariant.name, which, when, what)
        if invariant.first_of_all and not holds:
            return
