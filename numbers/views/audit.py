"""The restrictions audit: every number and cell in one matrix, the odd ones out first."""

from functools import partial
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
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
from numbers.filters import NumberFilters
from numbers.models import Sync
from numbers.sync import WORKSPACE, Question
from numbers.templatetags.audit_tags import audit_address
from numbers.views.exports import is_raw, sent_file
from numbers.views.htmx import page_or_fragments, wants_fragment
from quo_admin.htmx import shown_address

FORM = "filters"  # the id of the form that filters the list


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """The audit of the numbers that fit the query string."""
    asked = audit_query.parse(request.GET)
    version = services.memory_version()  # before what it is the version of, so that nothing newer is missed
    page = audit_page.audit_page(asked)
    before = _shown_query(request)
    context = _context(page) | {"version": version, "here": request.get_full_path()}
    response = page_or_fragments(request, "audit/audit.html", _fragments(request, before, asked), context)
    if wants_fragment(request) and not _is_refresh(request):
        # Refining a search replaces the address, so that Back leads to before the search.
        q, q_before = asked.filters.q, before.filters.q
        is_refined = q and q_before and (q != q_before or asked.query == before.query)
        response.headers["HX-Replace-Url" if is_refined else "HX-Push-Url"] = audit_address(page.query)
    return response


def _context(page: AuditPage) -> dict[str, Any]:
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
        "cell_fields": filter_choices.cell_fields(filters),
        "other_fields": partial(filter_choices.other_fields, filters),  # asked only where the form is drawn
        "choices": services.teammates_named(filters.who) if filters.who else None,
        "export_urls": export_urls("numbers:export_audit", page.query.at(page=1, odd=1).query),
        "question": question,
        "freshness": services.freshness(question),
    }


@require_safe
def audit_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """The audit of the numbers that fit the query string, all pages of it, as the file that ends in `ending`."""
    asked = audit_query.parse(request.GET)
    return sent_file(request, "audit", ending, audit_document(asked, ending, is_raw=is_raw(request)))


def _shown_query(request: HttpRequest) -> AuditQuery:
    """What the audit in the browser shows, before it is swapped."""
    try:
        return audit_query.parse(QueryDict(shown_address(request).query))
    except TooManyFieldsSent:
        return AuditQuery(NumberFilters())


def _is_refresh(request: HttpRequest) -> bool:
    """Say whether the audit only fetches itself anew because the memory changed: its address stays."""
    return "X-Refresh" in request.headers


def _fragments(request: HttpRequest, before: AuditQuery, asked: AuditQuery) -> list[str]:
    """What to swap. What somebody may be typing or choosing in right now stays as it is."""
    fragments = ["audit/_results.html"]
    if _is_refresh(request):
        return fragments
    fragments.append("audit/_announce.html")
    if before.filters.user != asked.filters.user:
        fragments += ["numbers/_teammate_filter.html", "components/_freshness.html"]
    if request.htmx.trigger != FORM:  # type: ignore[attr-defined]
        fragments += ["numbers/_filter_fields.html"]
        if before.filters.q != asked.filters.q:
            fragments += ["numbers/_search.html"]
    return fragments
