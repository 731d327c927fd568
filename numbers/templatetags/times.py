"""`{% time %}` and `{% ago %}`: times in the reader's time zone. Every template can use them without loading them."""

from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from numbers.memory.freshness import in_words
from quo_admin.times import format_exact_time, format_time, iso_time, local, zone_name

register = template.Library()
register.simple_tag(zone_name, name="time_zone")


@register.simple_tag
def time(value: datetime | None, text: str = "") -> SafeString | str:
    """Return "Nov 29, 2026, 3:38 PM", or nothing without a time. The tooltip is the exact time.

    With `text`, the time as it came, the tooltip is this text. It is shown instead of a time that cannot be converted.
    """
    if value is None:
        return ""
    if text and local(value) is None:
        return format_html("<bdi>{}</bdi>", text)
    return _element(value, format_time(value), title=text)


@register.simple_tag
def ago(value: datetime, age: timedelta) -> SafeString:
    """Return how long ago a time was, in words. The page's script keeps them up to date.

    It counts on from the seconds in `data-ago`, because the reader's clock may differ from ours.
    """
    return _element(value, in_words(age), attributes=format_html(' data-ago="{}"', int(age.total_seconds())))


def _element(value: datetime, words: str, *, title: str = "", attributes: str = "") -> SafeString:
    pattern = '<time datetime="{}" title="{}"{}>{}</time>'
    return format_html(pattern, iso_time(value), title or format_exact_time(value), attributes, words)
