"""The list of numbers the plain way: the ORM, a paginator and a template. The columns and filters are the product's."""

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from numbers.models import Assignment, NumberState, TeammateState

PAGE_SIZE = 50
CELLS = ("calling_us", "calling_ca", "calling_intl", "messaging_us", "messaging_ca", "messaging_intl")
SORTS = {"name": "name_key", "number": "number", "teammates": "teammates"}  # the names by their index
IS_ON = Q(phone_number__assignments__until=None)


@require_safe
def number_list(request: HttpRequest) -> HttpResponse:
    """The numbers that fit the query string."""
    numbers = _filtered(request, NumberState.objects.filter(until=None))
    page = Paginator(_with_teammates(_sorted(request, numbers)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "plain/list.html", {"page": page, "cells": CELLS, "query": request.GET.get("q", "")})


def _filtered(request: HttpRequest, numbers: QuerySet[NumberState]) -> QuerySet[NumberState]:
    for cell in CELLS:
        if request.GET.get(cell):
            numbers = numbers.filter(**{cell: request.GET[cell]})
    if user := request.GET.get("user"):
        numbers = numbers.filter(IS_ON, phone_number__assignments__teammate__quo_id=user)
    for word in request.GET.get("q", "").split():
        numbers = numbers.filter(_fits(word)).distinct()
    return numbers


def _fits(word: str) -> Q:
    teammate = "phone_number__assignments__teammate__states"
    is_current = IS_ON & Q(**{f"{teammate}__until": None})
    fits = Q()
    for field in ("first_name", "last_name", "email"):
        fits |= is_current & Q(**{f"{teammate}__{field}__icontains": word})
    for field in ("name", "symbol", "group_id", "number"):
        fits |= Q(**{f"{field}__icontains": word})
    return fits


def _sorted(request: HttpRequest, numbers: QuerySet[NumberState]) -> QuerySet[NumberState]:
    sort = request.GET.get("sort", "name")
    key = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    if key == "teammates":
        numbers = numbers.annotate(teammates=Count("phone_number__assignments", filter=IS_ON, distinct=True))
    return numbers.order_by(f"-{key}" if sort.startswith("-") else key, "number")


def _with_teammates(numbers: QuerySet[NumberState]) -> QuerySet[NumberState]:
    names = Prefetch("teammate__states", TeammateState.objects.filter(until=None))
    people = Assignment.objects.filter(until=None).select_related("teammate").prefetch_related(names)
    return numbers.select_related("phone_number").prefetch_related(Prefetch("phone_number__assignments", people))
