"""Redirects visitors who are not signed in to the sign-in page, and from there back to the page that they had open."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedRedirect, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import record_refusal
from accounts.mfa import required
from accounts.roles import READ
from quo_admin.htmx import shown_address
from quo_admin.navigation import is_own_page, own_origins

NO_ROLE = "no role"
MAX_DRAFT = 4_000  # characters: twice encoded, an address must still fit into the first line of a request

View = Callable[..., Any]


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's middleware, which also redirects htmx requests as whole pages and never repeats a POST as a GET.

    A signed-in user without a role, or without a second step that is required, may open only the pages about their own
    account.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> HttpResponseBase | None:
        """Return a redirect to sign-in, or None to call the view. Raises PermissionDenied."""
        response = super().process_view(request, view_func, *args, **kwargs)
        is_guarded = response is None and getattr(view_func, "login_required", True)
        match = request.resolver_match
        is_own_account = match is not None and match.route.startswith("accounts/")
        if is_guarded and not is_own_account and not request.user.has_perm(READ):
            raise PermissionDenied(NO_ROLE)
        if is_guarded and not is_own_account and required.must_set_up(request):
            response = _redirect(request, reverse("mfa_index"))
        return response

    def handle_no_permission(  # type: ignore[override]  # htmx's redirect is no subclass of Django's
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        """Return a redirect to sign-in; for htmx, one for the whole browser page."""
        login_url = self.get_login_url(view_func)
        if request.headers.get("HX-Request") == "true":
            return _redirect(request, _to_sign_in(_page_of_fragment(request), login_url).url)
        if request.method not in {"GET", "HEAD"}:
            return _to_sign_in(_draft(request, view_func) or _page_of_form(request), login_url)
        # A dot after a slash was encoded as part of an id. Unencoded, a browser would resolve it as a relative path.
        return _to_sign_in(request.get_full_path().replace("/.", "%2F."), login_url)


def _to_sign_in(target: str, login_url: str) -> HttpResponseRedirect:
    """Redirect to sign-in, and from there to the target; to the start page if an address cannot hold it, encoded."""
    try:
        return redirect_to_login(target, login_url)
    except DisallowedRedirect:
        return redirect_to_login("/", login_url)


def _redirect(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect the whole browser page, also from a request of htmx."""
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") == "true" else redirect(address)


class RefusalLogMiddleware:
    """Writes refused requests to the access log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
            record_refusal(request, response.status_code)
        return response


def _page_of_fragment(request: HttpRequest) -> str:
    """Return the address of the page that sent the htmx request: the requested one if the page asked for itself.

    Then the request has the search that was typed, and the address bar still the one before.
    """
    address = shown_address(request)
    query = address.query
    if request.method == "GET" and address.path == quote(request.path):
        fields = request.META["QUERY_STRING"].split("&")
        query = "&".join(field for field in fields if not field.endswith("="))  # a form also sends its empty fields
    return f"{address.path or '/'}{'?' if query else ''}{query}"


def reopens_with(*fields: str) -> Callable[[View], View]:
    """Mark a view whose form a GET with these fields shows filled in, unless a script restores what was typed."""

    def mark(view: View) -> View:
        view.reopens_with = fields  # type: ignore[attr-defined]
        return view

    return mark


def _draft(request: HttpRequest, view: View) -> str:
    """Return the address of the form with what was typed, or "" if there is none."""
    fields = {name: request.POST.get(name) for name in getattr(view, "reopens_with", ())}
    query = urlencode({name: value for name, value in fields.items() if value})
    is_restored = "restored" in request.POST  # by drafts.js
    return f"{request.path}?{query}" if query and not is_restored and len(query) <= MAX_DRAFT else ""


def _page_of_form(request: HttpRequest) -> str:
    """Return the address of the page that sent the form, as the browser or the form says; else the start page."""
    page = request.headers.get("Referer", "")
    for origin in own_origins(request):
        page = page.removeprefix(origin)
    pages = [page, request.POST.get("next", ""), "/"]
    return next(page for page in pages if is_own_page(request, page))
