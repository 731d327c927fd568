"""Every component in every state, for whoever changes how pages look."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from numbers import columns, styleguide
from numbers.exports.links import export_urls
from numbers.facts import COLUMNS
from numbers.filters import NumberFilters
from numbers.sync import WORKSPACE


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show it while DEBUG is on; else there is no such page."""
    if not settings.DEBUG:
        raise Http404
    now = timezone.now()
    context = {
        "colours": styleguide.COLOURS,
        "cells": styleguide.cell_samples(),
        "freshness_samples": styleguide.freshness_samples(now),
        "question": WORKSPACE,
        "rows": styleguide.row_samples(),
        "shown": columns.shown(),
        "every_column": columns.shown(columns.LABELS),
        "columns": COLUMNS,
        "sample_pages": Paginator(range(10_000), 50).page(2),
        "page": {"chips": styleguide.chip_samples()},
        "long": styleguide.LONG,
        "fields": styleguide.field_samples(),
        "filters": NumberFilters(),
        "export_urls": export_urls("numbers:export", ""),
    }
    return render(request, "styleguide/styleguide.html", context)
