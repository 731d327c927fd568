"""`{% time %}` and `{% ago %}`: times in the reader's time zone. Every template can use them without loading them."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from numbers.vocabulary.times import format_exact_time, format_time

register = template.Library()


@register.simple_tag
def time(value: datetime | None, title: str = "") -> SafeString | str:
    """Return "Nov 29, 2026, 3:38 PM", or nothing without a time. The tooltip is `title`, or the exact time."""
    return _element(value, format_time(value), title=title) if value else ""


@register.simple_tag
def ago(value: datetime, words: str) -> SafeString:
    """Return how long ago a time was, in these words. The page's script keeps them up to date, by `data-ago`."""
    return _element(value, words, attributes=mark_safe(" data-ago"))  # nosec B308 B703 - a constant


def _element(value: datetime, words: str, *, title: str = "", attributes: str = "") -> SafeString:
    pattern = '<time datetime="{}" title="{}"{}>{}</time>'
    return format_html(pattern, localtime(value).isoformat(), title or format_exact_time(value), attributes, words)
