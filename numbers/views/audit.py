"""The restrictions audit: every number and cell in one matrix, the outliers first."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers import services
from numbers.audit import page as audit_page
from numbers.audit import query as audit_query
from numbers.audit.groups import Grouping
from numbers.audit.page import AuditPage
from numbers.exports.audit import audit_document
from numbers.exports.links import export_urls
from numbers.filters import choices as filter_choices
from numbers.memory.question import WORKSPACE, Question
from numbers.memory.version import Version, memory_version
from numbers.models import Sync
from numbers.templatetags.audit_tags import audit_address
from numbers.views.exports import is_raw, sent_file
from numbers.views.htmx import ListTemplates, shown_query, tell_address, wants_fragment
from numbers.views.pages import page_or_fragments
from numbers.vocabulary.cells import CELLS

TEMPLATES = ListTemplates(
    "audit/_results.html",
    follow=("audit/_announce.html",),
    fields=("components/_filter_fields.html",),
    search="components/_search.html",
)


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The audit of the numbers that fit the query string."""
    asked = audit_query.parse(request.GET)
    version = memory_version()  # before what it is the version of, so that nothing newer is missed
    page = audit_page.audit_page(asked, version)
    before = audit_query.parse(shown_query(request)) if wants_fragment(request) else asked
    is_other_search, is_other_teammate = before.filters.q != asked.filters.q, before.filters.user != asked.filters.user
    fragments = TEMPLATES.to_swap(request, is_other_search=is_other_search, is_other_teammate=is_other_teammate)
    context = _context(page, version) | {"here": request.get_full_path()}
    response = page_or_fragments(request, "audit/audit.html", fragments, context)
    url, is_same = audit_address(page.query), asked.query == before.query
    tell_address(request, response, url, before=before.filters.q, asked=asked.filters.q, is_same=is_same)
    return response


def _context(page: AuditPage, version: Version) -> dict[str, Any]:
    filters = page.filters
    question = Question(Sync.Scope.TEAMMATE, filters.user) if filters.user else WORKSPACE
    return {
        "page": page,
        "filters": filters,
        "cells": CELLS,
        "groupings": tuple(Grouping),
        "list_url": reverse("numbers:audit"),
        "list_extra": page.query.extra,
        "list_name": "audit",
        "fields": partial(filter_choices.fields_of, filters, version),  # asked only where the form is drawn
        "choices": filter_choices.teammates_named(filters.who) if filters.who else None,
        "export_urls": export_urls("numbers:export_audit", page.query.at(page=1, outlier_page=1).query),
        "question": question,
        "freshness": services.freshness(question, is_known=page.is_known_teammate or not filters.user),
        "version": version,
    }


@require_safe
def audit_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """The audit of the numbers that fit the query string, all pages of it, as the file that ends in `ending`."""
    asked = audit_query.parse(request.GET)
    return sent_file(request, "audit", ending, audit_document(asked, ending, is_raw=is_raw(request)))
