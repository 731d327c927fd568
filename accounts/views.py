"""allauth's pages, where they need a word more."""

from typing import Any

from allauth.account import views as allauth_views
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import HttpResponse


class _OurSite:
    """Keeps `site` what the context processor says: allauth's views put one of their own over it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # of the view beside
        context.pop("site", None)
        return context


class LoginView(_OurSite, allauth_views.LoginView):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if form.has_error(NON_FIELD_ERRORS, "too_many_login_attempts"):
            response.status_code = 429
        return response


class InactiveView(_OurSite, allauth_views.AccountInactiveView):  # type: ignore[misc]  # allauth has no types
    pass
