"""Sends whoever is not signed in to the sign-in page, and afterwards back to a page that can be opened."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from quo_admin.htmx import shown_address


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, and besides: a fragment is never the sign-in page, and a POST is not repeated as a GET."""

    def handle_no_permission(  # type: ignore[override]  # htmx's redirect is no subclass of Django's
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        """Redirect to sign-in; for htmx tell the browser to go there, from the page that it shows."""
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(redirect_to_login(_shown(request), self.get_login_url(view_func)).url)
        if request.method not in {"GET", "HEAD"}:
            return redirect_to_login("/", self.get_login_url(view_func))
        # A dot between slashes came encoded, as part of an id: a browser would take it for a step up.
        page = request.get_full_path().replace("/.", "%2F.")
        return redirect_to_login(page, self.get_login_url(view_func))


def _shown(request: HttpRequest) -> str:
    """The page that htmx asks from, without the host."""
    address = shown_address(request)
    return f"{address.path or '/'}{'?' if address.query else ''}{address.query}"
