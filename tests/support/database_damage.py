"""A table of damage that somebody with a database shell can do, each with the start of the line that `verify` prints.

The names of columns and tables are those of both databases; a statement that differs is given for each.
"""

# ruff: noqa: S608 - our own words

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Damage:
    name: str
    statements: tuple[str, ...] | dict[str, tuple[str, ...]]
    line: str

    def inflict(self) -> None:
        """Execute the statements in the transaction of the caller."""
        chosen = self.statements[connection.vendor] if isinstance(self.statements, dict) else self.statements
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in chosen:
                cursor.execute(statement)


def _both(name: str, line: str, *statements: str) -> Damage:
    return Damage(name, statements, line)


def _each(name: str, line: str, *, sqlite: tuple[str, ...], postgresql: tuple[str, ...]) -> Damage:
    return Damage(name, {"sqlite": sqlite, "postgresql": postgresql}, line)


def _rewritten(table: str, old: str, new: str) -> tuple[str, ...]:
    """Return statements that change what SQLite knows of a table."""
    return (
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'",
        "PRAGMA writable_schema = OFF",
    )


_SYNC = "numbers_sync"
_CHECK = """, CONSTRAINT "number_state_ends_after_it_began" CHECK (("until" IS NULL OR "until" > ("since")))"""
_LOG = "accounts_accessevent"
_NEVER = "access_events_are_never_edited"
_VIEWER = "(SELECT id FROM auth_group WHERE name = 'viewer')"

OF_THE_SCHEMA = [
    _both(
        "a unique index is dropped",
        "schema: numbers_numberstate: the index one_open_state_per_number is missing",
        "DROP INDEX one_open_state_per_number",
    ),
    _both(
        "an index is dropped",
        "schema: numbers_sync: the index syncs_by_ending is missing",
        "DROP INDEX syncs_by_ending",
    ),
    _both(
        "an index is of other columns",
        "schema: numbers_sync: the index syncs_by_ending is missing",
        "DROP INDEX syncs_by_ending",
        "CREATE INDEX syncs_by_ending ON numbers_sync (outcome)",
    ),
    _both(
        "an index covers other rows",
        "schema: numbers_assignment: the index one_open_assignment_per_number_and_teammate is missing",
        "DROP INDEX one_open_assignment_per_number_and_teammate",
        "CREATE UNIQUE INDEX one_open_assignment_per_number_and_teammate ON numbers_assignment "
        "(phone_number_id, teammate_id) WHERE until IS NULL AND role = 'owner'",
    ),
    _both(
        "an index is no longer unique",
        "schema: numbers_teammatestate: the index one_open_state_per_teammate is missing",
        "DROP INDEX one_open_state_per_teammate",
        "CREATE INDEX one_open_state_per_teammate ON numbers_teammatestate (teammate_id) WHERE until IS NULL",
    ),
    _both(
        "an index is added",
        "schema: numbers_sync: the index by_seen is not from the migrations",
        "CREATE UNIQUE INDEX by_seen ON numbers_sync (seen, id)",
    ),
    _each(
        "a check is dropped",
        "schema: numbers_numberstate: the constraint number_state_ends_after_it_began is missing",
        sqlite=_rewritten("numbers_numberstate", _CHECK, ""),
        postgresql=("ALTER TABLE numbers_numberstate DROP CONSTRAINT number_state_ends_after_it_began",),
    ),
    _each(
        "a check is weaker",
        "schema: numbers_sync: the constraint a_sync_that_ended_has_an_end is missing",
        sqlite=_rewritten(_SYNC, """NOT ("outcome" = ''running'')""", """NOT ("outcome" = ''idle'')"""),
        postgresql=(
            "ALTER TABLE numbers_sync DROP CONSTRAINT a_sync_that_ended_has_an_end",
            "ALTER TABLE numbers_sync ADD CONSTRAINT a_sync_that_ended_has_an_end CHECK (true)",
        ),
    ),
    _each(
        "a foreign key is dropped",
        "schema: numbers_searchtext: ",
        sqlite=_rewritten(
            "numbers_searchtext",
            """ REFERENCES "numbers_phonenumber" ("id") DEFERRABLE INITIALLY DEFERRED""",
            "",
        ),
        postgresql=(
            "DO $$ DECLARE name text; BEGIN SELECT conname INTO name FROM pg_constraint "
            "WHERE conrelid = 'numbers_searchtext'::regclass AND contype = 'f'; "
            "EXECUTE 'ALTER TABLE numbers_searchtext DROP CONSTRAINT ' || quote_ident(name); END $$",
        ),
    ),
    _each(
        "a unique value may repeat",
        "schema: numbers_phonenumber: UNIQUE of the column quo_id is missing",
        sqlite=_rewritten("numbers_phonenumber", """"quo_id" text NOT NULL UNIQUE""", """"quo_id" text NOT NULL"""),
        postgresql=("ALTER TABLE numbers_phonenumber DROP CONSTRAINT numbers_phonenumber_quo_id_key",),
    ),
    _each(
        "a value may be missing",
        "columns are there: numbers_sync: the column subject is missing",
        sqlite=_rewritten(_SYNC, """"subject" text NOT NULL""", """"subject" text NULL"""),
        postgresql=("ALTER TABLE numbers_sync ALTER COLUMN subject DROP NOT NULL",),
    ),
    _each(
        "a column has another type",
        "columns are there: numbers_sync: the column subject is missing, or is not as the migrations make it",
        sqlite=_rewritten(_SYNC, """"subject" text NOT NULL""", """"subject" varchar(9) NOT NULL"""),
        postgresql=("ALTER TABLE numbers_sync ALTER COLUMN subject TYPE varchar(900)",),
    ),
    _both(
        "a column is added",
        "schema: numbers_sync: the column extra is not from the migrations",
        "ALTER TABLE numbers_sync ADD COLUMN extra text",
    ),
    _both(
        "a column is dropped",
        "columns are there: numbers_sync: the column error_trace is missing",
        "ALTER TABLE numbers_sync DROP COLUMN error_trace",
    ),
    _each(
        "a trigger is dropped",
        f"schema: {_LOG}: the trigger {_NEVER} is missing",
        sqlite=(f"DROP TRIGGER {_NEVER}",),
        postgresql=(f"DROP TRIGGER {_NEVER} ON {_LOG}",),
    ),
    _each(
        "a trigger does nothing",
        f"schema: {_LOG}: the trigger {_NEVER} is missing",
        sqlite=(
            f"DROP TRIGGER {_NEVER}",
            f"CREATE TRIGGER {_NEVER} BEFORE UPDATE ON {_LOG} BEGIN SELECT 1; END",
        ),
        postgresql=(
            f"CREATE OR REPLACE FUNCTION {_NEVER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        ),
    ),
    _each(
        "a trigger is switched off",
        f"schema: {_LOG}: the trigger access_events_are_never_",
        sqlite=("DROP TRIGGER access_events_are_never_replaced",),
        postgresql=(f"ALTER TABLE {_LOG} DISABLE TRIGGER {_NEVER}",),
    ),
    _each(
        "a trigger is added",
        "schema: numbers_sync: the trigger other is not from the migrations",
        sqlite=("CREATE TRIGGER other AFTER UPDATE ON numbers_sync BEGIN SELECT 1; END",),
        postgresql=(f"CREATE TRIGGER other BEFORE UPDATE ON numbers_sync FOR EACH ROW EXECUTE FUNCTION {_NEVER}()",),
    ),
]


def _account(hashed: str = "!", is_superuser: str = "false") -> str:
    """Return a statement that adds the account of Eve."""
    return (
        "INSERT INTO accounts_user (password, is_superuser, email, name, is_active, is_staff, date_joined) VALUES "
        f"('{hashed}', {is_superuser}, 'eve@example.com', '', true, {is_superuser}, '2099-01-01 00:00:00+00:00')"
    )


OF_ROWS = [
    _both("no new numbers are counted", "syncs counted what they wrote: sync ", "UPDATE numbers_sync SET new = 0"),
    _both("no changes are counted", "syncs counted what they wrote: sync ", "UPDATE numbers_sync SET changed = 0"),
    _both("no removals are counted", "syncs counted what they wrote: sync ", "UPDATE numbers_sync SET gone = 0"),
    _both(
        "no seen numbers are counted",
        "syncs counted what they wrote: sync ",
        "UPDATE numbers_sync SET seen = 0, new = 0, changed = 0",
    ),
    _both(
        "more numbers are held than are missing",
        "syncs counted what they wrote: sync ",
        "UPDATE numbers_sync SET held = 3, held_digest = 'x' WHERE id = (SELECT max(id) FROM numbers_sync)",
    ),
    _both("one number more is seen", "syncs counted what they wrote: sync ", "UPDATE numbers_sync SET seen = seen + 1"),
    _both(
        "a number is deleted with all that is known of it",
        "syncs counted what they wrote: sync ",
        *(
            f"DELETE FROM {table} WHERE phone_number_id = (SELECT id FROM numbers_phonenumber WHERE quo_id = 'PN5')"
            for table in ("numbers_assignment", "numbers_numberstate", "numbers_searchtext")
        ),
        "DELETE FROM numbers_phonenumber WHERE quo_id = 'PN5'",
    ),
    _both(
        "what was held is forgotten",
        "syncs say what they did: sync ",
        "UPDATE numbers_sync SET held_digest = 'x' WHERE id = (SELECT max(id) FROM numbers_sync)",
    ),
    _both(
        "a sync asked for nothing known",
        "syncs say what they did: sync ",
        "UPDATE numbers_sync SET scope = 'x', subject = 'y'",
    ),
    _both("an outcome is unknown", "choices are known: row ", "UPDATE numbers_sync SET outcome = 'x'"),
    _both(
        "unreadable records are counted and not listed",
        "lists of syncs can be read: sync ",
        "UPDATE numbers_sync SET set_aside_count = 2",
    ),
    _both("notices are no list", "lists of syncs can be read: sync ", "UPDATE numbers_sync SET notices = '{}'"),
    _both(
        "mismatches are no records", "lists of syncs can be read: sync ", "UPDATE numbers_sync SET mismatches = '[1]'"
    ),
    _both(
        "closed assignments are deleted",
        "numbers are as Quo answered: PN3 ",
        "DELETE FROM numbers_assignment WHERE until IS NOT NULL",
    ),
    _both(
        "a role on a number is edited",
        "numbers are as Quo answered: PN2 ",
        "UPDATE numbers_assignment SET role = 'owner'",
    ),
    _both(
        "a group on a number is edited",
        "numbers are as Quo answered: PN2 ",
        "UPDATE numbers_assignment SET group_id = 'GR9'",
    ),
    _both(
        "a role of a teammate is edited",
        "teammate has a role given on a number: US1 ",
        "UPDATE numbers_teammatestate SET role = 'owner'",
    ),
    _both(
        "a role has no permissions",
        "roles have their permissions: role viewer: it lacks the permission numbers.view_phonenumber. ",
        f"DELETE FROM auth_group_permissions WHERE group_id = {_VIEWER}",
    ),
    _both(
        "a role may do more",
        "roles have their permissions: role viewer: it has the permission accounts.add_user, which is not part of it.",
        "INSERT INTO auth_group_permissions (group_id, permission_id) "
        f"SELECT {_VIEWER}, id FROM auth_permission WHERE codename = 'add_user'",
    ),
    _both(
        "a role is renamed",
        "roles have their permissions: role viewer: its group is missing.",
        "UPDATE auth_group SET name = 'reader' WHERE name = 'viewer'",
    ),
    _both(
        "the access log has an unknown event",
        f"choices are known: row 7 of {_LOG}: its event is 'x'",
        f"INSERT INTO {_LOG} (id, at, event, email, address, detail) "
        "VALUES (7, '2026-03-02 09:00:00+00:00', 'x', '', '', '')",
    ),
    _each(
        "ids would be given again",
        "new rows get new ids: numbers_sync: ",
        sqlite=("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'numbers_sync'",),
        postgresql=("SELECT setval(pg_get_serial_sequence('numbers_sync', 'id'), 1)",),
    ),
]

# What may be intended, or harmless: `verify` warns of it.
UNUSUAL = [
    _both(
        "a fingerprint is edited",
        "fingerprints are of the answers: PN1 ",
        "UPDATE numbers_phonenumber SET fingerprint = 'f' WHERE quo_id = 'PN1'",
    ),
    _both(
        "a fingerprint is that of another number",
        "fingerprints are of the answers: PN3 ",
        "UPDATE numbers_phonenumber SET fingerprint = "
        "(SELECT fingerprint FROM numbers_phonenumber WHERE quo_id = 'PN1') WHERE quo_id = 'PN3'",
    ),
    _both(
        "a sync counts a change that is not there",
        "syncs counted no more than is there: sync ",
        "UPDATE numbers_sync SET changed = changed + 1 WHERE id = (SELECT max(id) FROM numbers_sync WHERE wrote)",
    ),
    *(
        _both(f"a password is {name}", "passwords are hashed: eve@example.com: its password", _account(password))
        for name, password in (("stored as it is", "hunter2"), ("empty", ""), ("half a hash", "pbkdf2_sha256$1"))
    ),
    _both(
        "an account gets a permission",
        "permissions come from roles: eve@example.com: ",
        _account(),
        "INSERT INTO accounts_user_user_permissions (user_id, permission_id) "
        "SELECT accounts_user.id, auth_permission.id FROM accounts_user, auth_permission "
        "WHERE codename = 'delete_user' AND email = 'eve@example.com'",
    ),
    _both(
        "an account becomes a superuser",
        "administrators are explained: eve@example.com: ",
        _account(is_superuser="true"),
    ),
    _both(
        "no administrator has a password",
        "somebody can manage people: accounts: ",
        _account(),
        "UPDATE accounts_user SET password = '!' WHERE is_superuser",
    ),
]

DAMAGE = [*OF_THE_SCHEMA, *OF_ROWS]
INVARIANTS_IN_TABLE = {damage.line.partition(": ")[0] for damage in DAMAGE} | {"nothing foreign"}
