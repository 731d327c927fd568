"""What `manage.py doctor` checks: everything that must be right before Quo Admin can work."""

import platform
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection

from accounts.company.provider import fetch_metadata
from accounts.company.refusals import SignInRefused
from numbers import services
from numbers.memory.sync_target import WORKSPACE
from numbers.models import LastRun
from numbers.operations import damage
from numbers.operations.backups.files import live_file
from numbers.operations.listening import exposure, ignored_address
from numbers.operations.readiness import Check, cache_answers, schema, workspace
from numbers.operations.runs import standings
from numbers.operations.socket_unit import open_address
from numbers.operations.storage import trouble
from numbers.quo.errors import BadPayload, BadRequest, NotFound, QuoError, RateLimited, Unavailable
from numbers.quo.records import Answer
from numbers.syncing.mixing import NO_KEY
from numbers.syncing.run import SyncRefused
from numbers.vocabulary.phrases import unread_records
from quo_admin import __version__
from quo_admin.http.environment import certificates, values_of
from quo_admin.times import format_exact_time

_START = "Starting Quo Admin (`make run`, or `sudo systemctl start quo-admin` on a server)"
RUNS = {
    LastRun.Command.SYNC: "sync by timer",
    LastRun.Command.BACKUP: "last backup",
    LastRun.Command.VERIFY: "last verify",
}


def diagnose() -> Iterator[Check]:
    """Yield the checks in the order in which problems should be fixed, each id once. Never yields a secret."""
    yield Check("version", True, f"Quo Admin {__version__}, Python {platform.python_version()}")
    yield _settings()
    if settings.ENVIRONMENT.notices:
        yield Check("settings file", False, " ".join(settings.ENVIRONMENT.notices))
    if sentence := exposure():
        yield Check("reverse proxy", False, sentence)
    if (address := open_address()) and (sentence := ignored_address(address)):
        yield Check("socket", False, sentence)
    yield _data_folder()
    database = _database()
    yield database
    if database.ok:
        migrations = _migrations()
        yield migrations
        if migrations.ok:
            if settings.DEMO or settings.QUO_API_KEY:  # otherwise the line about the key says what is wrong
                yield workspace()
                yield from _clock()
            yield _accounts()
            yield from _last_runs()
    if settings.ENVIRONMENT["CACHE_URL"]:
        yield _cache()
    yield from _quo()
    if settings.OIDC_ISSUER:
        yield _company()


def _settings() -> Check:
    if settings.DEBUG:
        return Check("settings", False, "DEBUG is on, which shows code to anyone who meets an error. Set DEBUG=off.")
    site = urlsplit(settings.SITE_URL)
    if site.scheme == "http" and site.hostname not in {"127.0.0.1", "localhost", "::1"}:
        text = f"people open {settings.SITE_URL}: without https, anyone on the network can read their passwords."
        return Check("settings", False, text)
    return Check("settings", True, f"read; people open {settings.SITE_URL}")


def _data_folder() -> Check:
    found = trouble()
    return Check("data folder", not found, found or str(settings.DATA_DIR))


def _database() -> Check:
    file = live_file()
    try:
        if sentence := damage.refusal():
            return Check("database", False, sentence)
        if file and not file.exists():  # connecting would create an empty one
            return Check("database", False, f"{file} is not there yet. {_START} makes it.")
        connection.ensure_connection()
    except (DatabaseError, OSError):
        if file and trouble():
            return Check("database", None, "not looked at: see the data folder.")
        advice = "Check DATABASE_URL, that the database is running, and who may read and write it."
        return Check("database", False, f"{connection.display_name} does not answer. {advice}")
    return Check("database", True, f"{connection.display_name} answers")


def _migrations() -> Check:
    try:
        found = schema()
    except DatabaseError:
        return Check("migrations", False, "cannot be read. Check that the database user owns the tables.")
    if found.newer:
        return Check("migrations", False, found.newer)
    if found.pending:
        return Check("migrations", False, f"{found.pending} to do. Run `.venv/bin/python manage.py migrate`.")
    return Check("migrations", True, "all done")


def _clock() -> Iterator[Check]:
    freshness = services.freshness(WORKSPACE)
    if freshness.checked_at and freshness.clock_went_back:
        came = format_exact_time(freshness.checked_at)
        yield Check("clock", False, f"set back: the last answer came at {came}, which is still to come. Correct it.")


def _accounts() -> Check:
    count = get_user_model().objects.filter(is_active=True).count()
    if not count:
        return Check("accounts", False, "nobody can sign in. Run `.venv/bin/python manage.py createsuperuser`.")
    return Check("accounts", True, f"{count} can sign in")


def _last_runs() -> Iterator[Check]:
    for standing in standings():
        subject, run = RUNS[standing.command], standing.run
        if run is None:
            yield Check(subject, None, "never ran. A timer should run it: see docs/deployment.md.")
            continue
        good = f"The last good one ended at {format_exact_time(run.succeeded_at)}." if run.succeeded_at else ""
        if run.failure:
            text = f"failed at {format_exact_time(run.ended_at)}: {run.failure} {good or 'None has succeeded yet.'}"
            yield Check(subject, False, text)
        elif standing.is_overdue:
            yield Check(subject, False, f"overdue. {good} Look at its timer.")
        else:
            yield Check(subject, True, f"succeeded at {format_exact_time(run.ended_at)}")


def _cache() -> Check:
    if cache_answers():
        return Check("cache", True, "Redis answers")
    text = "Redis does not answer, or takes nothing. Check CACHE_URL, its password, and that Redis is running."
    if settings.ENVIRONMENT["CACHE_URL"]["LOCATION"].startswith("rediss:"):
        text += f" For its certificate, check {certificates()[0] or 'REQUESTS_CA_BUNDLE'}."
    return Check("cache", False, f"{text} {values_of(text)}".rstrip())


def _quo() -> Iterator[Check]:
    """Request the list like a sync does. Only that proves the address and the key."""
    if settings.DEMO:
        yield Check("Quo's key", None, "QUO_API_KEY is not set: the demo workspace is shown. Set it to see your own.")
        yield _demo()
        return
    if not settings.QUO_API_KEY:
        yield Check("Quo's key", False, NO_KEY)
        return
    try:
        with services.quo_client() as client:
            answer = client.list_phone_numbers()
    except (Unavailable, BadPayload, BadRequest, NotFound) as error:
        yield Check("Quo's address", False, f"{settings.QUO_API_URL}: {_with_trace(error)}")
        yield Check("Quo's key", None, "set, but not checked: no answer to check it with.")
    except QuoError as error:
        yield Check("Quo's address", True, f"{settings.QUO_API_URL} answers")
        # A rate limit says nothing about the key: Quo may count requests before it checks the key.
        yield Check("Quo's key", None if isinstance(error, RateLimited) else False, _with_trace(error))
    else:
        yield Check("Quo's address", True, f"{settings.QUO_API_URL} answers")
        count = len(answer.records) + len(answer.set_aside)
        yield Check("Quo's key", True, f"accepted; Quo lists {count} numbers")
        yield from _answer(answer)


def _answer(answer: Answer) -> Iterator[Check]:
    """Check what can be read of the list."""
    unread, unusual = len(answer.set_aside), sum(bool(record.oddities) for record in answer.records)
    if unread:
        yield Check("Quo's answer", None if answer.records else False, unread_records(unread))
    if unusual:
        text = f"{unusual} numbers are described in a way that is new to Quo Admin. Their pages say how."
        yield Check("Quo's numbers", None, text)


def _company() -> Check:
    """Fetch the description of the company sign-in provider, as each sign-in does."""
    try:
        fetch_metadata()
    except SignInRefused as refusal:
        suspects = " and ".join(filter(None, ("OIDC_ISSUER", refusal.variable)))
        text = f"{settings.OIDC_ISSUER}: {refusal.reason.heading}. Check {suspects}."
        return Check("company", False, f"{text} {values_of(text)}".rstrip())
    return Check("company", True, f"{settings.OIDC_ISSUER} answers")


def _demo() -> Check:
    """Check that the demo workspace answers. If it was killed, its saved address is still there."""
    try:
        with services.quo_client() as client:
            client.list_phone_numbers()
    except (SyncRefused, QuoError):
        text = f"the demo workspace is not running on port {settings.PORT}; {_START} starts it."
        return Check("Quo's address", None, text)
    return Check("Quo's address", True, "the demo workspace answers")


def _with_trace(error: QuoError) -> str:
    """Return what happened, with the variables of the environment that have to do with it, and Quo's trace."""
    trace = f"Quo's trace: {error.trace}" if error.trace else ""
    return " ".join(filter(None, (error.sentence, values_of(error.sentence), trace)))
