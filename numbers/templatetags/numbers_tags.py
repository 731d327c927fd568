"""Sections of pages, and links within a list: to the same list with other filters, order or page.

The list is the list of numbers, unless the context has another `list_url`, and `list_extra` for its own parameters.
"""

from collections.abc import Hashable
from datetime import tzinfo
from typing import Any, cast
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template import Context, Engine
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone

from numbers.filters.base import DEFAULT_SORT, NAMES_FIRST
from numbers.filters.numbers import NumberFilters
from numbers.filters.query_string import MAX_TEXT
from numbers.filters.teammates import TeammateFilters
from numbers.memory.cache import per_version
from numbers.pages.columns import VisibleColumns
from numbers.pages.matches import hidden
from numbers.pages.rows import NumberRow
from numbers.vocabulary.links import path_of

# When a filter form requests its list, for hx-trigger. Each form adds its own fields.
SEARCH_TRIGGERS = "submit, input changed delay:150ms from:#q, compositionend delay:150ms from:#q, search from:#q"

register = template.Library()
register.simple_tag(lambda: MAX_TEXT, name="max_text")
register.simple_tag(lambda: SEARCH_TRIGGERS, name="search_triggers")


@register.simple_tag(takes_context=True)
def section(context: Context, template_name: str, names: str = "", **shows: Hashable) -> SafeString:
    """Render a large part of a page, or return it from the cache. The key is the values it shows and the time zone.

    The template sees only `shows` and the context's values for `names`. The CSRF token of a form in a section is
    outside, by `csrf_for`. Pass the user and their permissions if the section shows them.
    """
    shows |= {name: context.get(name) for name in names.split()}
    if settings.DEBUG:
        return _rendered(template_name, shows)
    return _section(template_name, get_current_timezone(), **shows)


@register.simple_tag(takes_context=True)
def number_rows(context: Context, rows: list[NumberRow], shown: VisibleColumns) -> SafeString:
    """Draw each row in each visible column. It spares every cell the new scope that `include` would make."""
    get = Engine.get_default().get_template
    cells = [(column, get(f"components/columns/{column.drawn}.html").nodelist) for column in shown.drawn]
    html: list[str] = []
    for row in rows:
        with context.push(row=row, hidden_matches=hidden(row.matches, shown.keys)):
            html.append(format_html('<tr data-number="{}">', row.state.phone_number__quo_id))
            for column, cell in cells:
                context["column"], context["text"] = column, column.field and column.text(row.state)
                html.append(cell.render(context))
            html.append("</tr>")
    return mark_safe("".join(html))  # noqa: S308 # nosec B308 B703 - rendered from templates


@register.simple_tag(takes_context=True)
def csrf_for(context: Context, *forms: str) -> SafeString:
    """Return hidden fields with the CSRF token, for forms with these ids in sections."""
    field = '<input type="hidden" name="csrfmiddlewaretoken" value="{}" form="{}">'
    return format_html_join("", field, ((context.get("csrf_token", ""), form) for form in forms))


@per_version
def _section(template_name: str, _zone: tzinfo, **shows: Hashable) -> SafeString:
    """Escape non-Latin-1 characters: a single one would make Python store every character in two or four bytes."""
    html = _rendered(template_name, shows).encode("latin-1", "xmlcharrefreplace")
    return mark_safe(html.decode("latin-1"))  # noqa: S308 # nosec B308 B703 - rendered from a template


def _rendered(template_name: str, shows: dict[str, Hashable]) -> SafeString:
    return cast("SafeString", get_template(template_name).render(shows))  # as Django's own backend returns it


def _url(context: Context, query: str) -> str:
    queries = "&".join(filter(None, [context.get("list_extra", ""), query]))
    return f"{context.get('list_url') or path_of('numbers:list')}{'?' if queries else ''}{queries}"


def _instant(url: str) -> SafeString:
    return format_html('href="{0}" hx-get="{0}"', url)


@register.simple_tag(takes_context=True)
def list_address(context: Context, filters: NumberFilters, **changes: str | int) -> str:
    """Return the address of the same list with `changes`."""
    return _url(context, filters.but(**changes).query)


@register.simple_tag(takes_context=True)
def list_link(context: Context, filters: NumberFilters, **changes: str | int) -> SafeString:
    """Return the attributes of a link to the same list with `changes`. It also works without htmx."""
    return _instant(_url(context, filters.but(**changes).query))


@register.simple_tag(takes_context=True)
def everything_link(context: Context) -> SafeString:
    """Return the attributes of a link to the list without filters."""
    return _instant(_url(context, ""))


@register.simple_tag(takes_context=True)
def choice_link(context: Context, filters: NumberFilters, user: str) -> SafeString:
    """Return the attributes of a link to one teammate's numbers. htmx adds the current values of the form."""
    return format_html(
        'href="{}" hx-get="{}"',
        _url(context, filters.but(user=user).query),
        _url(context, urlencode({"user": user})),
    )


@register.simple_tag(takes_context=True)
def sort_link(context: Context, filters: Any, key: str, label: str, title: str = "") -> SafeString | str:  # noqa: ANN401 - the filters of any list
    """Return a column's heading: a link that sorts by it or reverses the order; plain text without `filters`."""
    if not filters:
        return format_html('<span aria-label="{}">{}</span>', title, label) if title else label
    sort = f"-{key}" if filters.order == key else key
    return format_html(
        '<a id="sort-{}" {}{}>{}</a>',
        key,
        list_link(context, filters, sort=sort),
        format_html(' aria-label="{}"', title) if title else "",
        label,
    )


@register.simple_tag
def aria_sort(filters: Any, key: str) -> str:  # noqa: ANN401 - filters, or nothing in a table that is no list
    """Return the attribute that tells screen readers, and the stylesheet for its arrow, how the column is sorted."""
    if not filters or filters.order.removeprefix("-") != key:
        return ""
    return format_html(' aria-sort="{}"', "descending" if filters.order.startswith("-") else "ascending")


@register.simple_tag
def sort_choices(filters: NumberFilters | TeammateFilters) -> list[tuple[str, str, bool]]:
    """Return every order of the list: its value, its label, and whether it is the current one.

    The usual order has no value, so that a search that begins is not sorted by name.
    """
    orders = [
        (f"{sign}{key}", f"{label.capitalize()}{words}")
        for key, label in filters.sort_labels.items()
        for sign, words in (("", ""), ("-", ", descending"))
    ]
    if filters.q:
        orders.insert(0, (NAMES_FIRST, "Names that match first"))
    usual = NAMES_FIRST if filters.q else DEFAULT_SORT
    return [("" if value == usual else value, words, value == filters.order) for value, words in orders]
