"""`manage.py sync`: run one sync, by a timer or by hand."""

import json
import logging
import os
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm

from numbers import services
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.models import LastRun, Sync
from numbers.operations import damage
from numbers.operations.readiness import schema
from numbers.operations.runs import noted
from numbers.operations.storage import reason
from numbers.services import Progress, SyncBusy, SyncRefused, is_number_id, is_user_id
from numbers.vocabulary.phrases import unread_records
from numbers.vocabulary.terminal import printable
from quo_admin import request_id
from quo_admin.http.environment import values_of
from quo_admin.logs import label

log = logging.getLogger(__name__)

UNWRITABLE = "The sync could not be written down. `manage.py doctor` looks at the database and its folder."


class Command(BaseCommand):
    help = "Ask Quo once and record what changed."
    requires_system_checks = ()  # they take time, a timer runs this often, and they are about the web pages

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--user", metavar="US…", help="only the numbers of this teammate")
        parser.add_argument("--number", metavar="PN…", help="only this number")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--accept-removals",
            action="store_true",
            help="believe the answer even if more than half of the known numbers are missing from it",
        )

    def handle(self, **options: Any) -> None:
        request_id.begin("sync")
        with noted(LastRun.Command.SYNC) if _is_started_by_timer(options) else nullcontext():
            self._sync(**options)

    def _sync(self, *, accept_removals: bool, json: bool, **options: Any) -> None:
        try:
            target = _target(options["user"], options["number"], accept_removals=accept_removals)
            sync = _run(target, accept_removals=accept_removals)
        except CommandError as refusal:
            if json:
                self.stdout.write(_as_json({"outcome": "refused", "error": {"sentence": str(refusal)}}))
            raise
        if json:
            self.stdout.write(_as_json(_result(sync)))
        if sync.outcome != Sync.Outcome.SUCCEEDED:
            raise CommandError(printable(_failure(sync, is_terminal=self.stderr.isatty())))
        if not json:
            self._print(sync)
        if sync.set_aside_count:
            self.stderr.write(unread_records(sync.set_aside_count))  # the sync succeeded, but not with everything

    def _print(self, sync: Sync) -> None:
        self.stdout.write(
            f"{sync.seen} seen, {sync.new} new, {sync.changed} changed, {sync.gone} gone, "
            f"{sync.set_aside_count} unread, in {_seconds(sync):.1f} s."
        )
        for notice in sync.notices:
            self.stdout.write(printable(notice))
        if sync.held:
            self.stdout.write(f"Quo's answer looks incomplete. Missing from it and kept all the same: {sync.held}.")
            self.stdout.write("If they are really gone: manage.py sync --accept-removals")


def _is_started_by_timer(options: dict[str, Any]) -> bool:
    """Timers run `sync --json`. A start runs `sync`, and a person has a terminal."""
    is_at_terminal = sys.stdin is not None and sys.stdin.isatty()
    return options["json"] and not is_at_terminal and options["user"] is None and options["number"] is None


def _run(target: SyncTarget, *, accept_removals: bool) -> Sync:
    try:
        _require_current_schema()
        with tqdm(desc="Recording", unit=" numbers", disable=None, delay=1, leave=False) as bar:
            return services.run_sync(target, accept_removals=accept_removals, progress=_progress_on(bar))
    except SyncBusy as error:
        raise CommandError(str(error), returncode=os.EX_TEMPFAIL) from None
    except SyncRefused as error:
        raise CommandError(str(error)) from None
    except (DatabaseError, OSError) as error:
        raise CommandError(reason(error, UNWRITABLE)) from None
    except KeyboardInterrupt:
        raise CommandError("The sync was stopped before it ended. Nothing of it was recorded.") from None
    except Exception as error:
        log.error("unexpected", exc_info=error)  # noqa: TRY400 - our log formatter leaves out values
        raise CommandError(
            f"Something went wrong in Quo Admin. The line {request_id.current()} of the log says where."
        ) from None


def _require_current_schema() -> None:
    if sentence := damage.refusal():
        raise SyncRefused(sentence)
    found = schema()
    if found.newer:
        raise SyncRefused(found.newer)
    if found.pending:
        raise SyncRefused(
            "The database is not up to date yet. Starting Quo Admin brings it up to date, or run manage.py migrate."
        )


def _failure(sync: Sync, *, is_terminal: bool) -> str:
    """Return why the sync failed. Quo's message may name people and numbers, so only a terminal gets it."""
    message = f'Quo said: "{sync.error_message}"' if is_terminal else "Quo's own words are on the status page."
    trace = f"Quo's trace: {label(sync.error_trace)}"
    parts = (
        sync.error_sentence,
        values_of(sync.error_sentence),
        message if sync.error_message else "",
        trace if sync.error_trace else "",
    )
    return " ".join(filter(None, parts))


def _target(user: str | None, number: str | None, *, accept_removals: bool) -> SyncTarget:
    if user is not None and number is not None:
        raise CommandError("Ask about a teammate or about a number, not about both.")
    if accept_removals and (user is not None or number is not None):
        raise CommandError("--accept-removals is about every number: leave --user and --number out.")
    if user is not None:
        if not is_user_id(user):
            raise CommandError("This is not the id of a teammate: it would begin with US.")
        return SyncTarget(Sync.Scope.TEAMMATE, user)
    if number is not None:
        if not is_number_id(number):
            raise CommandError("This is not the id of a number: it would begin with PN.")
        return SyncTarget(Sync.Scope.NUMBER, number)
    return WORKSPACE


def _progress_on(bar: "tqdm[Any]") -> Progress:
    def update(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return update


def _seconds(sync: Sync) -> float:
    return (sync.ended_at - sync.started_at).total_seconds() if sync.ended_at else 0.0


def _result(sync: Sync) -> dict[str, Any]:
    names = ("scope", "subject", "outcome", "seen", "new", "changed", "gone", "held", "set_aside", "notices")
    result = {name: getattr(sync, name) for name in names}
    result |= {"set_aside_count": sync.set_aside_count, "seconds": round(_seconds(sync), 3)}
    if sync.error_kind:
        error = {name: getattr(sync, f"error_{name}") for name in ("kind", "status", "code", "trace", "sentence")}
        result["error"] = error | {name: label(error[name]) for name in ("code", "trace")}
    return result


def _as_json(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=not (sys.stdout.encoding or "").lower().startswith("utf"))
