"""Times for people: in the reader's zone, exact for who points at them. Known to every template."""

from datetime import datetime

from django import template
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

register = template.Library()

EXACT = "j F Y, H:i:s T"


@register.simple_tag
def moment(value: datetime | None, shape: str = "j F Y, H:i T", title: str = "") -> SafeString | str:
    """A time, written in Django's format `shape`; nothing where there is none. `title` may say more than the time."""
    return _time(value, formatted(localtime(value), shape), title=title) if value else ""


@register.simple_tag
def ago(value: datetime, words: str) -> SafeString:
    """A time, written as how long ago it was; with `data-ago` the page's script keeps the words true."""
    return _time(value, words, attributes=mark_safe(" data-ago"))  # nosec B308 B703 - a constant


def _time(value: datetime, words: str, *, title: str = "", attributes: str = "") -> SafeString:
    local = localtime(value)
    pattern = '<time datetime="{}" title="{}"{}>{}</time>'
    return format_html(pattern, local.isoformat(), title or formatted(local, EXACT), attributes, words)
