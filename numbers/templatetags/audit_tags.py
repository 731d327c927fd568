"""Links within the audit: to another page of it, or to another grouping."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from numbers.audit.query import AuditQuery

register = template.Library()

OUTLIERS, MATRIX = "odd-ones", "matrix"  # the ids of the parts that have pages


@register.simple_tag
def audit_address(query: AuditQuery) -> str:
    """Return the address of the audit."""
    return f"{reverse('numbers:audit')}{'?' if query.query else ''}{query.query}"


@register.simple_tag
def audit_by_link(query: AuditQuery, by: str) -> SafeString:
    """Return the attributes of a link to the same numbers, grouped differently. It also works without htmx."""
    return _link(query.grouped_by(by))


@register.simple_tag
def matrix_link(query: AuditQuery, page: int) -> SafeString:
    """Return the attributes of a link to the top of another page of the matrix."""
    return _link(query.at(page=page), part=MATRIX)


@register.simple_tag
def outlier_link(query: AuditQuery, page: int) -> SafeString:
    """Return the attributes of a link to the top of another page of the outliers."""
    return _link(query.at(outlier_page=page), part=OUTLIERS)


def _link(query: AuditQuery, part: str = "") -> SafeString:
    return format_html('href="{0}{1}" hx-get="{0}"', audit_address(query), f"#{part}" if part else "")
