"""Times for people: in the reader's zone, exact for who points at them. Known to every template."""

from datetime import datetime

from django import template
from django.utils.dateformat import format as formatted
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

register = template.Library()

EXACT = "j F Y, H:i:s T"


@register.simple_tag
def moment(value: datetime | None, shape: str = "j F Y, H:i T") -> SafeString | str:
    """A time, written in Django's format `shape`; nothing where there is none."""
    if value is None:
        return ""
    local = localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), formatted(local, EXACT), formatted(local, shape)
    )
