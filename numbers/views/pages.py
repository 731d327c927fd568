"""The one place that decides between a whole page, a fragment of it, and nothing at all.

A page has a tag, by which a program that keeps it says which one it has: one that would be drawn the same is not sent
again. A browser keeps none (see `quo_admin.headers`): after signing out nothing is left of a page.
"""

import hashlib
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.timezone import get_current_timezone_name

from accounts.roles import ASK_QUO, SHARE_FILTERS
from numbers.freshness import Freshness
from numbers.views.appearance import theme_of
from numbers.views.htmx import wants_fragment
from numbers.views.personal import user_of


def page_or_fragments(
    request: HttpRequest,
    page: str,
    fragments: Iterable[str],
    context: Mapping[str, Any],
    *,
    shows: Hashable = (),
    status: int = 200,
) -> HttpResponse:
    """Render the template `page`, or for htmx its `fragments` one after the other, from the same context.

    A page that whoever asks has already is not sent again; `shows` is for its tag, see `_tag_of`.
    """
    asked = wants_fragment(request)
    tag = _tag_of(request, page, context, shows) if not asked and status == 200 else None
    response = get_conditional_response(request, etag=tag) if tag else None
    if response is None:
        names = list(fragments) if asked else [page]
        body = "".join(render_to_string(name, {**context, "is_fragment": asked}, request) for name in names)
        response = HttpResponse(body, status=status)
    if tag:
        response.headers["ETag"] = tag
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response


def _tag_of(request: HttpRequest, page: str, context: Mapping[str, Any], shows: Hashable) -> str | None:
    """Return the tag of a whole page drawn from the template `page`; None of one that is for this once.

    It stands for all that can make the page another one: the version of the memory, how old that is in words, who
    looks and what they may do, how they like it, the form's token, and `shows`, what else the view has put on it.
    """
    if settings.DEBUG or len(get_messages(request)):
        return None
    user = user_of(request)
    told = (
        *(_code_in(settings.BASE_DIR), page, request.get_full_path()),
        *(repr(context["version"]), _age(context["freshness"]), repr(shows)),
        *(user.pk, user.name, user.email, user.is_staff, user.has_perm(ASK_QUO), user.has_perm(SHARE_FILTERS)),
        *(request.session.session_key, request.META.get("CSRF_COOKIE"), settings.DEMO),
        *(theme_of(request), get_current_timezone_name()),
    )
    return f'W/"{hashlib.blake2b(repr(told).encode(), digest_size=16).hexdigest()}"'


def _age(freshness: Freshness) -> tuple[Any, ...]:
    told = (freshness.level, freshness.observed_at, freshness.checked_at, freshness.ago, freshness.is_due)
    return *told, freshness.told_of, freshness.set_aside


@cache
def _code_in(base: Path) -> str:
    """Tell one release of the program from another, also where somebody changed a template in its place."""
    digest = hashlib.blake2b(digest_size=16)
    for folder in ("templates", "static", "numbers"):
        for path in sorted((base / folder).rglob("*.*")):
            if path.suffix != ".pyc":
                digest.update(f"{path.relative_to(base)} {path.stat().st_mtime_ns}\n".encode())
    return digest.hexdigest()
