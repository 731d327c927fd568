"""The restrictions audit: every number and cell in one matrix, the odd ones out first."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers import filter_choices, services
from numbers.audit import page as audit_page
from numbers.audit import query as audit_query
from numbers.audit.groups import Grouping
from numbers.audit.page import AuditPage
from numbers.audit.query import AuditQuery
from numbers.exports.audit import audit_document
from numbers.exports.links import export_urls
from numbers.facts import COLUMNS
from numbers.models import Sync
from numbers.sync import WORKSPACE, Question
from numbers.templatetags.audit_tags import audit_address
from numbers.versions import Version, memory_version
from numbers.views.exports import is_raw, sent_file
from numbers.views.htmx import (
    is_from_form,
    is_refresh,
    refines,
    shown_query,
    tell_address,
    wants_fragment,
)
from numbers.views.pages import page_or_fragments


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The audit of the numbers that fit the query string."""
    asked = audit_query.parse(request.GET)
    version = memory_version()  # before what it is the version of, so that nothing newer is missed
    page = audit_page.audit_page(asked, version)
    before = audit_query.parse(shown_query(request)) if wants_fragment(request) else asked
    context = _context(page, version) | {"here": request.get_full_path()}
    response = page_or_fragments(request, "audit/audit.html", _fragments(request, before, asked), context)
    is_refined = refines(before.filters.q, asked.filters.q, is_same=asked.query == before.query)
    tell_address(request, response, audit_address(page.query), is_refined=is_refined)
    return response


def _context(page: AuditPage, version: Version) -> dict[str, Any]:
    filters = page.filters
    question = Question(Sync.Scope.TEAMMATE, filters.user) if filters.user else WORKSPACE
    return {
        "page": page,
        "filters": filters,
        "columns": COLUMNS,
        "groupings": tuple(Grouping),
        "list_url": reverse("numbers:audit"),
        "list_extra": page.query.extra,
        "list_name": "audit",
        "fields": partial(filter_choices.fields_of, filters, version),  # asked only where the form is drawn
        "choices": services.teammates_named(filters.who) if filters.who else None,
        "export_urls": export_urls("numbers:export_audit", page.query.at(page=1, odd=1).query),
        "question": question,
        "freshness": services.freshness(question, is_known=page.is_known_teammate or not filters.user),
        "version": version,
    }


@require_safe
def audit_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """The audit of the numbers that fit the query string, all pages of it, as the file that ends in `ending`."""
    asked = audit_query.parse(request.GET)
    return sent_file(request, "audit", ending, audit_document(asked, ending, is_raw=is_raw(request)))


def _fragments(request: HttpRequest, before: AuditQuery, asked: AuditQuery) -> list[str]:
    """What to swap. What somebody may be typing or choosing in right now stays as it is."""
    fragments = ["audit/_results.html"]
    if is_refresh(request):
        return fragments
    fragments.append("audit/_announce.html")
    if before.filters.user != asked.filters.user:
        fragments += ["numbers/_teammate_filter.html", "components/_freshness.html"]
    if not is_from_form(request):
        fragments += ["numbers/_filter_fields.html"]
        if before.filters.q != asked.filters.q:
            fragments += ["numbers/_search.html"]
    return fragments
