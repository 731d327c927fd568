"""Links within a list of numbers: the same list with something else.

The list is the page of numbers unless the context names another by `list_url`, with its own parameters in `list_extra`.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from numbers import drawing
from numbers.addresses import path_of
from numbers.columns import Shown
from numbers.filters import NumberFilters
from numbers.row_patterns import row_html
from numbers.rows import NumberRow, TeammateLine
from numbers.teammate_filters import TeammateFilters

register = template.Library()


@register.simple_tag(takes_context=True)
def drawn(context: Context, template_name: str, **shows: Any) -> SafeString:
    """What a template makes of `shows`, drawn once: see `numbers.drawing`. Its forms have the token of this page."""
    return _with_token(drawing.drawn(template_name, **shows), context)


@register.simple_tag(takes_context=True)
def drawn_section(context: Context, template_name: str, **shows: Any) -> SafeString:
    """The same for a large part of a page."""
    return _with_token(drawing.drawn_section(template_name, **shows), context)


def _with_token(html: SafeString, context: Context) -> SafeString:
    if drawing.TOKEN not in html:
        return html
    return mark_safe(html.replace(drawing.TOKEN, escape(context.get("csrf_token", ""))))  # noqa: S308 # nosec B308 B703 - drawn from templates


def _url(context: Context, query: str) -> str:
    queries = "&".join(filter(None, [context.get("list_extra", ""), query]))
    return f"{context.get('list_url') or path_of('numbers:list')}{'?' if queries else ''}{queries}"


def _instant(url: str) -> SafeString:
    return format_html('href="{0}" hx-get="{0}" hx-target="#results" hx-swap="patch"', url)


@register.simple_tag(takes_context=True)
def list_address(context: Context, filters: NumberFilters, **changes: str | int) -> str:
    """The address of the same list with `changes`."""
    return _url(context, filters.but(**changes).query)


@register.simple_tag(takes_context=True)
def list_link(context: Context, filters: NumberFilters, **changes: str | int) -> SafeString:
    """The attributes of a link to the same list with `changes`: a plain link, which htmx makes instant."""
    return _instant(_url(context, filters.but(**changes).query))


# Rows are drawn once for every list that they stand in: the address of the list comes in afterwards. As escaped text
# holds no such sign, nothing from outside can be taken for one.
_BEFORE, _AFTER = SafeString("<list>"), SafeString("</list>")


@register.simple_tag(takes_context=True)
def number_rows(context: Context, rows: Iterable[NumberRow], shown: Shown, filters: NumberFilters | None) -> SafeString:
    """The rows of a table of numbers; with filters their teammates are links to the same list with only theirs."""
    html = "".join(row_html(row, shown, is_list=bool(filters)) for row in rows)
    if filters:
        before, after = filters.around_user()
        html = html.replace(_BEFORE, escape(_url(context, before))).replace(_AFTER, escape(after))
    return mark_safe(html)  # noqa: S308 # nosec B308 B703 - drawn from templates


@register.simple_tag
def teammate_address(person: TeammateLine) -> SafeString:
    """The address of the list with only this teammate's numbers, once `number_rows` has put it in."""
    return format_html("{}{}{}", _BEFORE, person.in_query, _AFTER)


@register.simple_tag(takes_context=True)
def everything_link(context: Context) -> SafeString:
    """The attributes of a link to the list without any filter."""
    return _instant(_url(context, ""))


@register.simple_tag(takes_context=True)
def choice_link(context: Context, filters: NumberFilters, user: str) -> SafeString:
    """The attributes of a link to one teammate's numbers; htmx takes along what stands in the form by then."""
    return format_html(
        'href="{}" hx-get="{}" hx-include="#q, #sort, #filter-fields" hx-target="#results" hx-swap="patch"',
        _url(context, filters.but(user=user).query),
        _url(context, urlencode({"user": user})),
    )


@register.simple_tag(takes_context=True)
def sort_link(context: Context, filters: Any, key: str, label: str, title: str = "") -> SafeString | str:  # noqa: ANN401 - the filters of any list
    """A column's heading: sorts by it, and by a second press the other way round; of a table that is no list, bare."""
    if not filters:
        return format_html('<span aria-label="{}">{}</span>', title, label) if title else label
    sort = f"-{key}" if filters.sort == key else key
    return format_html(
        '<a id="sort-{}" {}{}>{}</a>',
        key,
        list_link(context, filters, sort=sort),
        format_html(' aria-label="{}"', title) if title else "",
        label,
    )


@register.simple_tag
def aria_sort(filters: Any, key: str) -> str:  # noqa: ANN401 - filters, or nothing in a table that is no list
    """The column's state for a screen reader and for the arrow beside its heading."""
    if not filters or filters.sort.removeprefix("-") != key:
        return ""
    return format_html(' aria-sort="{}"', "descending" if filters.sort.startswith("-") else "ascending")


@register.simple_tag
def sort_choices(filters: NumberFilters | TeammateFilters) -> list[tuple[str, str, bool]]:
    """What the list may be sorted by: the value, its words and whether it is so now, both ways round."""
    orders = [
        (f"{sign}{key}", f"{label.capitalize()}{words}")
        for key, label in filters.sort_labels.items()
        for sign, words in (("", ""), ("-", ", descending"))
    ]
    return [(value, words, value == filters.sort) for value, words in orders]
