"""The list of numbers and the page of one."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from numbers import services
from numbers.exports.links import export_urls
from numbers.filters import choices as filter_choices
from numbers.filters import numbers as number_filters
from numbers.memory.question import WORKSPACE, Question
from numbers.memory.version import memory_version
from numbers.models import Sync
from numbers.pages import numbers as number_pages
from numbers.pages.number import number_page
from numbers.personal.columns import columns_of
from numbers.personal.saved_filters import menu_of
from numbers.quo.ids import is_number_id
from numbers.views.htmx import ListTemplates, shown_query, tell_address, wants_fragment
from numbers.views.navigation import address
from numbers.views.pages import page_or_fragments
from numbers.views.personal import user_of
from numbers.vocabulary.links import number_url

TEMPLATES = ListTemplates(
    "numbers/_results.html",
    follow=("numbers/_announce.html", "numbers/_kept_for_forms.html"),
    fields=("components/_filter_fields.html",),
    search="components/_search.html",
)


@require_safe
def number_list(request: HttpRequest) -> HttpResponse:
    """The numbers that fit the query string."""
    asked = number_filters.parse(request.GET)
    version = memory_version()  # before what it is the version of, so that nothing newer is missed
    page = number_pages.number_list(asked, version)
    question = Question(Sync.Scope.TEAMMATE, asked.user) if asked.user else WORKSPACE
    user = user_of(request)
    context = {
        "page": page,
        "filters": page.filters,
        "fields": partial(filter_choices.fields_of, page.filters, version),  # asked only where the form is drawn
        "export_urls": export_urls("numbers:export", page.filters.but().query),
        "shown": columns_of(user),
        "saved_filters": () if wants_fragment(request) else menu_of(user),
        # Until somebody looks for a teammate, none is offered: the picker asks for the first ones once it is opened.
        "choices": filter_choices.teammates_named(asked.who) if asked.who else None,
        "question": question,
        "freshness": services.freshness(question, is_known=page.is_known_teammate or not asked.user),
        "version": version,
        "here": request.get_full_path(),
    }
    before = number_filters.parse(shown_query(request)) if wants_fragment(request) else asked
    fragments = TEMPLATES.to_swap(
        request, is_other_search=before.q != asked.q, is_other_teammate=before.user != asked.user
    )
    response = page_or_fragments(request, "numbers/list.html", fragments, context)
    url, is_same = address("numbers:list", page.filters.query), asked.query == before.query
    tell_address(request, response, url, before=before.q, asked=asked.q, is_same=is_same)
    return response


@require_safe
def teammate_choices(request: HttpRequest) -> HttpResponse:
    """The teammates that fit what is being typed, each a link to the list filtered by them."""
    asked = number_filters.parse(request.GET, also=("for", "by"))
    list_url = reverse("numbers:audit") if request.GET.get("for") == "audit" else ""
    context = {"filters": asked, "choices": filter_choices.teammates_named(asked.who), "list_url": list_url}
    return render(request, "components/_teammate_choices.html", context)


@require_safe
def number_detail(request: HttpRequest, number_id: str) -> HttpResponse:
    """One number. One that is not known here is asked for by the page itself, once it is shown."""
    if not is_number_id(number_id):
        raise Http404
    question = Question(Sync.Scope.NUMBER, number_id)
    version = memory_version()
    page = number_page(number_id, version)
    freshness = services.freshness(question, is_known=page is not None)
    context = {
        "page": page,
        "last_confirmed": page and page.last_confirmed(freshness),
        "number_id": number_id,
        "question": question,
        "freshness": freshness,
        "version": version,
        "here": number_url(number_id),
    }
    status = 200 if page or wants_fragment(request) else 404
    return page_or_fragments(request, "numbers/detail.html", ["numbers/_number.html"], context, status=status)
