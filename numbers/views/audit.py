"""The restrictions audit: the outliers first, then every number and cell in one matrix."""

from functools import partial
from operator import attrgetter

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers.audit import page as audit_page
from numbers.audit import query as audit_query
from numbers.audit.groups import Grouping
from numbers.exports.audit import audit_document
from numbers.exports.formats import export_urls
from numbers.filters import choices as filter_choices
from numbers.views.exports import in_slot, is_raw, sent_file
from numbers.views.htmx import HtmxHttpRequest
from numbers.views.lists import ListView
from numbers.vocabulary.cells import CELLS

AUDIT = ListView(
    "numbers:audit",
    parse=audit_query.parse,
    template="audit/audit.html",
    results="audit/_results.html",
    follow=("audit/_announce.html",),
    fields=("components/_filter_fields.html",),
    search="components/_search.html",
    canonical=attrgetter("query.query"),
)


@require_safe
def audit(request: HtmxHttpRequest) -> HttpResponse:
    """Show the audit of the numbers that match the query string."""
    asked, version = AUDIT.read(request)
    page = audit_page.audit_page(asked, version)
    filters = page.filters
    context = {
        "page": page,
        "cells": CELLS,
        "groupings": tuple(Grouping),
        "list_url": reverse("numbers:audit"),
        "list_extra": page.query.extra,
        "list_name": "audit",
        "fields": partial(filter_choices.fields_of, filters, version),  # read only if the form is rendered
        "choices": filter_choices.teammates_named(filters.who) if filters.who else None,
        "export_urls": export_urls("numbers:export_audit", page.query.at(page=1, outlier_page=1).query),
    }
    return AUDIT.respond(request, asked, version, context)


@require_safe
@in_slot
def audit_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """Export all pages of the audit that matches the query string, as a file with that ending."""
    asked = audit_query.parse(request.GET)
    return sent_file(request, "audit", ending, audit_document(asked, ending, is_raw=is_raw(request)))
