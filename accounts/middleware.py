"""Sends whoever is not signed in to the sign-in page, and afterwards back to a page that can be opened."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from accounts.roles import READ
from quo_admin.htmx import shown_address

NO_ROLE = "no role"


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's, and besides: a fragment is never the sign-in page, and a POST is not repeated as a GET.

    Who has signed in and has no role yet may see nothing but the pages about their own account.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: Any,  # noqa: ANN401 - Django's
        view_kwargs: Any,  # noqa: ANN401 - Django's
    ) -> Any:  # noqa: ANN401 - Django's
        """Return an answer in the view's place, or None. Raises PermissionDenied."""
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        is_guarded = answer is None and getattr(view_func, "login_required", True)
        match = request.resolver_match
        if is_guarded and not (match and match.route.startswith("accounts/")) and not request.user.has_perm(READ):
            raise PermissionDenied(NO_ROLE)
        return answer

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
