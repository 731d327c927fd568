"""Asking Quo now, and the record of how each sync ended."""

import json
import logging

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from numbers import services
from numbers.models import Sync
from numbers.sync import WORKSPACE, Question, SyncBusy, SyncRefused
from numbers.views.htmx import wants_fragment
from quo_admin import env

log = logging.getLogger(__name__)


@require_POST
def sync_now(request: HttpRequest) -> HttpResponse:
    """Ask Quo what the page asks. A page that asks by itself (`auto`) does so only where nobody has just asked."""
    question = _question(request)
    refusal, is_busy = "", False
    if not request.POST.get("auto") or services.freshness(question).is_due:
        try:
            services.run_sync(question)
        except SyncRefused as error:
            refusal, is_busy = str(error), isinstance(error, SyncBusy)
        except (DatabaseError, OSError) as error:
            log.error("no sync: %s", type(error).__name__)  # noqa: TRY400 - values stay out of the log
            refusal = "The sync could not be written down. Check that the database's disk has room and is writable."
    if not wants_fragment(request):
        if refusal:
            messages.warning(request, refusal)
        return HttpResponseRedirect(_page_before(request))
    return _fragment(request, question, refusal, is_busy=is_busy)


def _question(request: HttpRequest) -> Question:
    number, user = request.POST.get("number", ""), request.POST.get("user", "")
    if number.startswith("PN") and "\x00" not in number:
        return Question(Sync.Scope.NUMBER, number)
    if user.startswith("US") and "\x00" not in user:
        return Question(Sync.Scope.TEAMMATE, user)
    return WORKSPACE


def _page_before(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_ours else reverse("numbers:list")


def _fragment(request: HttpRequest, question: Question, refusal: str, *, is_busy: bool) -> HttpResponse:
    """The freshness line; with it the news, where there are any, that the page's content has changed."""
    version = services.memory_version()
    context = {
        "question": question,
        "freshness": services.freshness(question),
        "version": version,
        "here": _page_before(request),
        "refusal": refusal,
        "is_busy": is_busy,
        "is_answer": True,
    }
    response = render(request, "components/_freshness.html", context)
    response.headers["Cache-Control"] = "no-store"
    if request.POST.get("version") != str(version):
        response.headers["HX-Trigger"] = json.dumps({"memory-changed": {}})
    return response


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The syncs and the settings in force."""
    page_text = request.GET.get("page", "1")
    is_page = page_text.isascii() and page_text.isdigit() and len(page_text) < 9
    context = {
        "syncs": services.sync_page(int(page_text) if is_page else 1),
        "settings": _settings_in_force(),
        "question": WORKSPACE,
        "freshness": services.freshness(WORKSPACE),
        "version": services.memory_version(),
        "here": request.get_full_path(),
    }
    return render(request, "status/status.html", context)


def _settings_in_force() -> list[dict[str, str]]:
    """Every setting in words. Of a secret only whether it is set."""
    shown = []
    for setting in env.SETTINGS:
        value = settings.ENVIRONMENT[setting.name]
        if setting.secret:
            text = "set" if value else "not set"
        else:
            text = str(getattr(settings, setting.name, value))
        source = settings.ENVIRONMENT.sources[setting.name]
        shown.append({"name": setting.name, "value": text, "source": source, "help": setting.help})
    return shown
