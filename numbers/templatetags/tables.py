"""`{% table_roles %}…{% endtable_roles %}` around a table, or around a part of one."""

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
_PART = re.compile(r"<(table|thead|tbody|tr|td)(?=[\s>])")
_HEADING = re.compile(r'<th(?=\s[^>]*\bscope="(col|row))')


@register.simple_block_tag
def table_roles(content: str) -> SafeString:
    """The same table, with the role of each part written out.

    On narrow screens a stylesheet makes cards of its rows, and then some browsers no longer tell a screen reader that
    this is a table. Escaped text holds no "<", so nothing from outside is taken for a part.
    """
    content = _PART.sub(lambda part: f'{part[0]} role="{_ROLES[part[1]]}"', content)
    headings = {"col": "columnheader", "row": "rowheader"}
    content = _HEADING.sub(lambda part: f'{part[0]} role="{headings[part[1]]}"', content)
    return mark_safe(content)  # noqa: S308 # nosec B308 B703 - rendered from a template
