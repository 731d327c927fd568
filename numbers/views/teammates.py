"""The list of teammates and the page of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers import services
from numbers.exports.links import export_urls
from numbers.filters import choices as filter_choices
from numbers.filters import teammates as teammate_filters
from numbers.memory.question import WORKSPACE, Question
from numbers.memory.version import memory_version
from numbers.models import Sync
from numbers.pages import teammates
from numbers.pages.columns import shown
from numbers.quo.ids import is_user_id
from numbers.views.htmx import ListTemplates, shown_query, tell_address, wants_fragment
from numbers.views.navigation import address
from numbers.views.pages import page_or_fragments
from numbers.vocabulary.cells import CELLS
from numbers.vocabulary.links import teammate_url

TEMPLATES = ListTemplates(
    "teammates/_results.html",
    follow=("teammates/_announce.html",),
    fields=("teammates/_filter_fields.html", "teammates/_reach_fields.html"),
    search="teammates/_search.html",
)


@require_safe
def teammate_list(request: HttpRequest) -> HttpResponse:
    """The teammates that fit the query string."""
    asked = teammate_filters.parse(request.GET)
    version = memory_version()  # before what it is the version of, so that nothing newer is missed
    page = teammates.teammate_list(asked, version)
    context = {
        "page": page,
        "filters": page.filters,
        "export_urls": export_urls("numbers:export_teammates", page.filters.but().query),
        "list_url": reverse("numbers:teammates"),
        "cells": CELLS,
        "roles": teammate_filters.ROLE_LABELS,
        "counts": teammate_filters.NUMBERS_LABELS,
        "cell_fields": filter_choices.cell_fields(page.filters),
        "question": WORKSPACE,
        "freshness": services.freshness(WORKSPACE),
        "version": version,
        "here": request.get_full_path(),
    }
    before = teammate_filters.parse(shown_query(request)) if wants_fragment(request) else asked
    fragments = TEMPLATES.to_swap(request, is_other_search=before.q != asked.q)
    response = page_or_fragments(request, "teammates/list.html", fragments, context)
    url, is_same = address("numbers:teammates", page.filters.query), asked.query == before.query
    tell_address(request, response, url, before=before.q, asked=asked.q, is_same=is_same)
    return response


@require_safe
def teammate_detail(request: HttpRequest, user_id: str) -> HttpResponse:
    """One teammate. One that is not known here is asked for by the page itself, once it is shown."""
    if not is_user_id(user_id):
        raise Http404
    question = Question(Sync.Scope.TEAMMATE, user_id)
    version = memory_version()
    page = teammates.teammate_page(user_id, version)
    context = {
        "page": page,
        "mismatches": teammates.mismatches_of(user_id),
        "user_id": user_id,
        "shown": shown(),
        "question": question,
        "freshness": services.freshness(question, is_known=page is not None),
        "version": version,
        "here": teammate_url(user_id),
    }
    status = 200 if page or wants_fragment(request) else 404
    return page_or_fragments(request, "teammates/detail.html", ["teammates/_teammate.html"], context, status=status)
