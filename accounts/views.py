"""allauth's pages, where they need a word more."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.limits import is_limited, refuse_for_now
from accounts.mfa import passkeys


class OurSite:
    """Keeps `site` what the context processor says: allauth's views put one of their own over it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # of the view beside
        context.pop("site", None)
        return context


class LoginView(OurSite, allauth_views.LoginView):  # type: ignore[misc]  # allauth has no types
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.OIDC_ONLY:
            return self._refuse(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        refused = f"Nobody signs in with a password here. Sign in with {settings.OIDC_NAME}."
        if get_adapter().is_ajax(request):
            return JsonResponse({"form": {"errors": [refused]}}, status=403)
        form = self.get_form_class()(request=request)  # holds nothing of what was sent
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form, refused=refused), status=403)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if is_limited(form):
            refuse_for_now(response, self.request, form.cleaned_data["login"].lower())
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Besides allauth's, `ways_in`: what the page offers, and how many hours and days a session lasts."""
        ways_in = {
            "company": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "by_password": not settings.OIDC_ONLY,
            "by_passkey": not settings.OIDC_ONLY and not passkeys.obstacle(),
            "idle_hours": settings.SESSION_IDLE_HOURS,
            "longest_days": settings.SESSION_MAX_DAYS,
        }
        return super().get_context_data(**kwargs) | {"ways_in": ways_in}


class InactiveView(OurSite, allauth_views.AccountInactiveView):  # type: ignore[misc]  # allauth has no types
    pass
