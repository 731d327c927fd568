"""Links within the list: the same list with something else."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from numbers.filters import SORT_LABELS, NumberFilters

register = template.Library()


@register.simple_tag
def list_query(filters: NumberFilters, **changes: str | int) -> str:
    """The query string of the same list with `changes`, with its question mark; empty where nothing is asked."""
    query = filters.but(**changes).query
    return f"?{query}" if query else ""


@register.simple_tag
def list_link(filters: NumberFilters, **changes: str | int) -> SafeString:
    """The attributes of a link to the same list with `changes`: a plain link, which htmx makes instant."""
    url = reverse("numbers:list") + list_query(filters, **changes)
    return format_html(
        'href="{0}" hx-get="{0}" hx-target="#results" hx-swap="outerHTML" hx-sync="#filters:replace"', url
    )


@register.simple_tag
def choice_link(filters: NumberFilters, user: str) -> SafeString:
    """The attributes of a link to one teammate's numbers; htmx takes along what stands in the search by then."""
    return format_html(
        'href="{}" hx-get="{}" hx-include="#q, #sort" hx-target="#results" hx-swap="outerHTML" '
        'hx-sync="#filters:replace"',
        reverse("numbers:list") + list_query(filters, user=user),
        f"{reverse('numbers:list')}?{urlencode({'user': user})}",
    )


@register.simple_tag
def sort_link(filters: NumberFilters, key: str, label: str, title: str = "") -> SafeString:
    """A column's heading: sorts by it, and by a second press the other way round."""
    sort = f"-{key}" if filters.sort == key else key
    return format_html(
        '<a id="sort-{}" {}{}>{}</a>',
        key,
        list_link(filters, sort=sort),
        format_html(' aria-label="{}"', title) if title else "",
        label,
    )


@register.simple_tag
def aria_sort(filters: NumberFilters, key: str) -> str:
    """The column's state for a screen reader and for the arrow beside its heading."""
    if filters.sort.removeprefix("-") != key:
        return ""
    return format_html(' aria-sort="{}"', "descending" if filters.sort.startswith("-") else "ascending")


@register.simple_tag
def sort_label(filters: NumberFilters) -> str:
    """What the list is sorted by, in words."""
    label = SORT_LABELS[filters.sort.removeprefix("-")]
    return f"{label}, descending" if filters.sort.startswith("-") else label
