"""Hostile texts for every field that Quo sends, and checks that they are harmless."""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support.quo_answers import number, user

HOSTILE = {
    "html": "<b data-evil>bold</b><img src=x data-evil><script data-evil>alert(1)</script>",
    "attribute": "\"><i data-evil>x</i><a x='",
    "apostrophe": "' data-evil='1",
    "end of a tag": "</td></table></section></code></pre></title></textarea><b data-evil>",
    "comment": "<!--<b data-evil>--><![CDATA[<b data-evil>]]>",
    "entities": "&lt;b data-evil&gt;&#60;b data-evil&#62;&amp;",
    "template": "{{ settings.SECRET_KEY }}{% url 'x' %}{# x #}${7*7}#{7*7}<%= 7*7 %>",
    "htmx": '<b hx-get="/x" hx-trigger="load" data-evil></b>',
    "lines": "one\ntwo\r\nthree\ttab\u2028four\u2029five",
    "nul": "a\x00b\x01\x08\x1b[31m\x7f\x85",
    "long": "W" * 10_000,
    "long words": "word " * 2_000,
    "bidi": "\u202eevil\u202d\u2066x\u200f\u061c",
    "combining": "\u0301" * 50 + "Z" + "\u0336" * 500,
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿1️⃣",
    "right to left": "שלום עולם مرحبا",
    "not characters": "\ufffe\uffff\U0010ffff\ue000\ufffd",
    "json": '"}]}, "x": [{"',
    "sql": "'; DROP TABLE numbers_sync; --",
    "format": "%s %d %(x)s {0} {x.__class__}",
    "address": "javascript:alert(1)",
    "empty": "",
    "blank": " \t ",
}


def hostile_id(prefix: str, text: str) -> str:
    """Return `text` as an ID, without characters that an ID cannot contain."""
    allowed = re.sub(r"[\n\r\u2028\u2029\x00\ufffd]", "", text)
    return f"{prefix}{allowed}"[:500]


def hostile_number(text: str) -> dict[str, Any]:
    """Return a number with `text` in every field."""
    person = user(hostile_id("US", text), firstName=text, lastName=text, email=text, role=text, groupId=text)
    return number(
        hostile_id("PN", text),
        name=text,
        number=text,
        symbol=text,
        groupId=text,
        portRequestId=text,
        formattedNumber=text,
        forward=text,
        portingStatus=text,
        createdAt=text,
        updatedAt=text,
        users=[person],
        restrictions={channel: dict.fromkeys(("US", "CA", "Intl"), text) for channel in ("calling", "messaging")},
    )


def assert_harmless(page: LexborHTMLParser) -> None:
    assert not page.css("[data-evil], i, img[src=x], [hx-get='/x']")
    assert not [script for script in page.css("script") if (script.text() or "").strip()]


# Outside text can change the direction of text after it, so it must be in an element of its own.
OUTSIDE = "OUTSIDE"


def is_isolated(node: LexborNode) -> bool:
    """Return whether an element isolates the direction of its text, or is read by programs only."""
    return node.tag in {"bdi", "title", "option"} or node.attributes.get("dir") == "auto"
