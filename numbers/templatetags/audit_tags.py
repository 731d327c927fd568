"""Links within the audit: the same audit on another page, or grouped by something else."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from numbers.audit.query import AuditQuery

register = template.Library()

OUTLIERS, MATRIX = "odd-ones", "matrix"  # the ids of the parts that have pages


@register.simple_tag
def audit_address(query: AuditQuery) -> str:
    """The address of the audit."""
    return f"{reverse('numbers:audit')}{'?' if query.query else ''}{query.query}"


@register.simple_tag
def audit_by_link(query: AuditQuery, by: str) -> SafeString:
    """The attributes of a link to the same numbers in other groups: a plain link, which htmx makes instant."""
    return _link(query.grouped_by(by))


@register.simple_tag
def matrix_link(query: AuditQuery, page: int) -> SafeString:
    """The attributes of a link to another page of the matrix, which begins at its top."""
    return _link(query.at(page=page), part=MATRIX)


@register.simple_tag
def outlier_link(query: AuditQuery, page: int) -> SafeString:
    """The attributes of a link to another page of the outliers, which begins at their top."""
    return _link(query.at(outlier_page=page), part=OUTLIERS)


def _link(query: AuditQuery, part: str = "") -> SafeString:
    return format_html(
        'href="{0}{1}" hx-get="{0}"{2}',
        audit_address(query),
        f"#{part}" if part else "",
        format_html(' hx-swap="patch show:#{}:top"', part) if part else "",
    )
