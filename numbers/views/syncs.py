"""Starts a sync, and shows how each sync ended."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from accounts.access import record_sync_request
from accounts.roles import ASK_QUO, READ_ACCESS_LOG
from numbers import services
from numbers.database import patience
from numbers.filters import query_string
from numbers.memory.freshness import Level
from numbers.memory.sync_target import WORKSPACE, SyncTarget
from numbers.memory.version import memory_version
from numbers.models import Sync
from numbers.operations.current_settings import settings_in_force
from numbers.operations.runs import standings
from numbers.pages.status import sync_page, unusual_numbers
from numbers.services import SyncBusy, SyncRefused
from numbers.views.context import freshness_context
from numbers.views.htmx import HtmxHttpRequest, wants_fragment
from numbers.views.navigation import page_before
from quo_admin import __version__, recently

# Requests of a person to Quo. An open page asks ten times in ten minutes.
UNKNOWN_IN_TEN_MINUTES = 20
ASKED_IN_TEN_MINUTES = 60
BY_ITSELF_IN_TEN_MINUTES = 300


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ASK_QUO, raise_exception=True)
def sync_now(request: HtmxHttpRequest) -> HttpResponse:
    """Sync what the page shows. An automatic request (`auto`) syncs only if the last sync is old enough.

    A GET syncs nothing: it comes from a bookmark or a reload.
    """
    if request.method != "POST":
        return redirect("numbers:list")
    target = _target(request.POST)
    refusal, is_busy, has_asked = "", False, False
    by_itself = bool(request.POST.get("auto"))
    if not by_itself or services.freshness(target).is_due:
        try:
            _limit(request.user.pk, target, by_itself=by_itself)
            record_sync_request(request, target.subject or "every number", is_automatic=by_itself)
            patience.seconds.set(patience.SYNC)
            services.run_sync(target)
            has_asked = True
        except SyncRefused as error:
            refusal, is_busy = str(error), isinstance(error, SyncBusy)
        except (DatabaseError, OSError):
            refusal = "The sync could not be written down. Check that the database's disk has room and is writable."
    if not wants_fragment(request):
        if refusal:
            messages.warning(request, refusal)
        return HttpResponseRedirect(page_before(request))
    response = _fragment(request, target, refusal, is_busy=is_busy)
    if has_asked:
        trigger_client_event(response, "synced")
    return response


def _limit(person: int | None, target: SyncTarget, *, by_itself: bool) -> None:
    """Count a request. Raises SyncRefused after too many: anybody who may ask can invent ids and send requests."""
    if not services.has_found(target):
        kind, limit, sentence = "unknown", UNKNOWN_IN_TEN_MINUTES, "You asked Quo for many ids that are unknown here."
    elif by_itself:
        kind, limit, sentence = "open-pages", BY_ITSELF_IN_TEN_MINUTES, "Your open pages asked Quo very often."
    else:
        kind, limit, sentence = "asked", ASKED_IN_TEN_MINUTES, "You asked Quo very often."
    if recently.times(kind, person) >= limit:
        raise SyncRefused(f"{sentence} Try again ten minutes later.")
    recently.count(kind, person)


@require_safe
def freshness(request: HtmxHttpRequest) -> HttpResponse:
    """Show how old the page's copy is, for users who may not start a sync."""
    if not wants_fragment(request):
        return redirect("numbers:list")
    return _fragment(request, _target(request.GET), "", is_busy=False)


def _target(query: QueryDict) -> SyncTarget:
    number, user = query.get("number", ""), query.get("user", "")
    if services.is_number_id(number):
        return SyncTarget(Sync.Scope.NUMBER, number)
    if services.is_user_id(user):
        return SyncTarget(Sync.Scope.TEAMMATE, user)
    return WORKSPACE


def _fragment(request: HttpRequest, target: SyncTarget, refusal: str, *, is_busy: bool) -> HttpResponse:
    """Render the freshness line; trigger `memory-changed` if the page shows an older version."""
    version = memory_version()
    sent = request.POST if request.method == "POST" else request.GET
    about_copy = freshness_context(target, version, page_before(request))
    found = about_copy["freshness"]
    is_new = bool(refusal or found.is_in_doubt) and not sent.get("told") and found.level != Level.NEVER
    context = {
        **about_copy,
        "refusal": refusal,
        "is_busy": is_busy,
        "may_ask": request.user.has_perm(ASK_QUO),
        "is_answer": True,
        "is_quiet": is_new and bool(sent.get("auto")),
    }
    response = render(request, "components/_freshness_line.html", context)
    response.headers["Cache-Control"] = "no-store"
    if sent.get("version") != str(version):
        trigger_client_event(response, "memory-changed")
    return response


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show the syncs, and how backups and timers ended.

    Administrators also see the settings in force and why a run failed: paths, hosts and proxies help an attacker.
    """
    notices: list[str] = []
    asked = query_string.page_of(request.GET, notices)
    query_string.name_others(request.GET, {"page"}, notices)
    syncs = sync_page(asked)
    if asked > syncs.page.number:
        notices.append(f"There is no page {asked}, so the last one is shown.")
    version = memory_version()
    is_administrator = request.user.has_perm(READ_ACCESS_LOG)
    context = {
        "syncs": syncs,
        "runs": standings(),
        "unusual": unusual_numbers(version),
        "notices": notices,
        "settings": settings_in_force() if is_administrator else (),
        "is_administrator": is_administrator,
        "release": __version__,
        **freshness_context(WORKSPACE, version, request.get_full_path()),
    }
    return render(request, "status/status.html", context)
