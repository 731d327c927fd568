"""Keeps the demo workspace and a real one apart: each database holds one of them, the one that the settings ask for."""

from django.conf import settings

from numbers.memory.workspace import HeldWorkspace, has_tables, held_workspace

NO_KEY = "QUO_API_KEY is not set: set it to see your own workspace, or DEMO=on to see an invented one."


def mismatch(*, demo: bool) -> str:
    """Return one sentence that says why no sync may write to this database, and how to fix it; "" if one may."""
    held = held_workspace()
    if held is HeldWorkspace.MIXED:
        return f"The database holds the demo and a real workspace together: restore an older backup, or {_elsewhere()}."
    if held is HeldWorkspace.DEMO and not demo:
        return f"The database holds the demo workspace, not your own: {_elsewhere()}."
    if held is HeldWorkspace.REAL and demo:
        return f"The database holds a real workspace, not the demo: set QUO_API_KEY instead of DEMO, or {_elsewhere()}."
    return ""


def workspace_problem(*, before_migrating: bool = False) -> str:
    """Return one sentence that says why the settings and the database do not fit, and how to fix it; "" if they do.

    It names no values of settings. Raises DatabaseError if the database does not answer.
    """
    if not (settings.DEMO or settings.QUO_API_KEY):
        return NO_KEY
    if before_migrating and not has_tables():
        return ""
    return mismatch(demo=settings.DEMO)


def _elsewhere() -> str:
    """Say how to start with an empty database without losing this one."""
    if settings.ENVIRONMENT["DATABASE_URL"]:
        return "set DATABASE_URL to another, empty database and start again"
    file = "demo.sqlite3" if settings.DEMO else "quo-admin.sqlite3"
    return f"move {file}* out of DATA_DIR and start again"
