"""The list of teammates and the page of one teammate."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers import services
from numbers.exports.formats import export_urls
from numbers.filters import choices as filter_choices
from numbers.filters import teammates as teammate_filters
from numbers.memory.sync_target import SyncTarget
from numbers.memory.version import memory_version
from numbers.models import Sync
from numbers.pages import teammates
from numbers.pages.columns import visible_columns
from numbers.views.context import freshness_context
from numbers.views.htmx import HtmxHttpRequest, page_or_fragments, wants_fragment
from numbers.views.lists import ListView
from numbers.vocabulary.cells import CELLS
from numbers.vocabulary.links import teammate_url

TEAMMATES = ListView(
    "numbers:teammates",
    parse=teammate_filters.parse,
    template="teammates/list.html",
    results="teammates/_results.html",
    follow=("teammates/_announce.html",),
    fields=("teammates/_filter_fields.html", "teammates/_reach_fields.html"),
    search="teammates/_search.html",
)


@require_safe
def teammate_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the teammates that match the query string."""
    asked, version = TEAMMATES.read(request)
    page = teammates.teammate_list(asked, version)
    context = {
        "page": page,
        "export_urls": export_urls("numbers:export_teammates", page.filters.but().query),
        "list_url": reverse("numbers:teammates"),
        "cells": CELLS,
        "roles": filter_choices.role_labels(version),
        "counts": teammate_filters.NUMBERS_LABELS,
        "reach_fields": filter_choices.reach_fields(page.filters),
    }
    return TEAMMATES.respond(request, asked, version, context)


@require_safe
def teammate_detail(request: HtmxHttpRequest, user_id: str) -> HttpResponse:
    """Show one teammate. If they are unknown here, the page itself then asks Quo for them."""
    if not services.is_user_id(user_id):
        raise Http404
    target = SyncTarget(Sync.Scope.TEAMMATE, user_id)
    version = memory_version()
    page = teammates.teammate_page(user_id, version)
    context = {
        "page": page,
        "mismatches": teammates.mismatches_of(user_id),
        "user_id": user_id,
        "shown": visible_columns(),
        **freshness_context(target, version, teammate_url(user_id), is_known=page is not None),
    }
    status = 200 if page or wants_fragment(request) else 404
    return page_or_fragments(request, "teammates/detail.html", ["teammates/_teammate.html"], context, status=status)
