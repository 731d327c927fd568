"""The list of numbers and the page of one number."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers import services
from numbers.exports.formats import export_urls
from numbers.filters import choices as filter_choices
from numbers.filters import numbers as number_filters
from numbers.memory.sync_target import SyncTarget
from numbers.memory.version import memory_version
from numbers.models import SavedFilter, Sync
from numbers.pages import numbers as number_pages
from numbers.pages.number import number_page
from numbers.personal.columns import columns_of
from numbers.personal.saved_filters import menu_of
from numbers.views.context import freshness_context
from numbers.views.htmx import HtmxHttpRequest, page_or_fragments, wants_fragment
from numbers.views.lists import ListView
from numbers.vocabulary.links import number_url

NUMBERS = ListView(
    "numbers:list",
    parse=number_filters.parse,
    template="numbers/list.html",
    results="numbers/_results.html",
    follow=("numbers/_announce.html", "numbers/_kept_for_forms.html"),
    fields=("components/_filter_fields.html",),
    search="components/_search.html",
)


@require_safe
def number_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the numbers that match the query string."""
    asked, version = NUMBERS.read(request)
    page = number_pages.number_list(asked, version)
    context = {
        "page": page,
        "fields": partial(filter_choices.fields_of, page.filters, version),  # read only if the form is rendered
        "export_urls": export_urls("numbers:export", page.filters.but().query),
        "shown": columns_of(request.user),
        "name_length": SavedFilter.name_length,
        "saved_filters": () if wants_fragment(request) else menu_of(request.user),
        # The picker requests its first teammates when it is opened.
        "choices": filter_choices.teammates_named(asked.who) if asked.who else None,
    }
    return NUMBERS.respond(request, asked, version, context)


@require_safe
def teammate_choices(request: HttpRequest) -> HttpResponse:
    """Show the teammates that match what is typed in the picker, each a link to the list filtered by them."""
    asked = number_filters.parse(request.GET, also=("for", "by"))
    list_url = reverse("numbers:audit") if request.GET.get("for") == "audit" else ""
    context = {"filters": asked, "choices": filter_choices.teammates_named(asked.who), "list_url": list_url}
    return render(request, "components/_teammate_choices.html", context)


@require_safe
def number_detail(request: HtmxHttpRequest, number_id: str) -> HttpResponse:
    """Show one number. If it is unknown here, the page itself then asks Quo for it."""
    if not services.is_number_id(number_id):
        raise Http404
    target = SyncTarget(Sync.Scope.NUMBER, number_id)
    version = memory_version()
    page = number_page(number_id, version)
    about_copy = freshness_context(target, version, number_url(number_id), is_known=page is not None)
    context = {
        "page": page,
        "last_confirmed": page and page.last_confirmed(about_copy["freshness"]),
        "number_id": number_id,
        **about_copy,
    }
    status = 200 if page or wants_fragment(request) else 404
    return page_or_fragments(request, "numbers/detail.html", ["numbers/_number.html"], context, status=status)
