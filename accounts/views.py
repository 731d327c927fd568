"""allauth's sign-in pages, with what Quo Admin adds to them."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.stages import LoginStage
from allauth.account.utils import passthrough_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.limits import is_limited, mark_rate_limited
from accounts.mfa import passkeys
from accounts.signed_in import end_one, end_others


class KeepSiteMixin:
    """Keeps the `site` of our context processor, which allauth's views would replace."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]  # the view's
        context.pop("site", None)
        return context


class KeepTargetMixin:
    """Leads a second sign-in tab to the second step that the first one has begun, with the target of the second."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> HttpResponse:
        response: HttpResponse = super()._redirect_to_pending_stage(request, stage)  # type: ignore[misc]  # the view's
        return with_target(request, response["Location"])


def with_target(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect to another page of sign-in, which continues to the same target."""
    target: str = passthrough_next_redirect_url(request, address, REDIRECT_FIELD_NAME)
    return redirect(target)


class LoginView(KeepSiteMixin, KeepTargetMixin, allauth_views.LoginView):  # type: ignore[misc]  # allauth has no types
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.OIDC_ONLY:
            return self._refuse_password(request)
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def _refuse_password(self, request: HttpRequest) -> HttpResponse:
        message = f"Nobody signs in with a password here. Sign in with {settings.OIDC_NAME}."
        if get_adapter().is_ajax(request):
            return JsonResponse({"form": {"errors": [message]}}, status=403)
        form = self.get_form_class()(request=request)  # unbound: shows nothing of what was sent
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form, refused=message), status=403)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if is_limited(form):
            mark_rate_limited(response, self.request, form.cleaned_data["login"].lower())
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return allauth's context and `ways_in`: the sign-in methods on offer and the limits of a session."""
        ways_in = {
            "company": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "by_password": not settings.OIDC_ONLY,
            "by_passkey": not settings.OIDC_ONLY and not passkeys.obstacle(),
            "idle_hours": settings.SESSION_IDLE_HOURS,
            "longest_days": settings.SESSION_MAX_DAYS,
            "site_url": settings.SITE_URL,
        }
        return super().get_context_data(**kwargs) | {"ways_in": ways_in}


@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one other session of the user, or all others if the form names none."""
    if code := request.POST.get("session"):
        was_ended = end_one(request, code)
        messages.success(request, "Signed out there." if was_ended else "That session had ended already.")
    else:
        end_others(request)
        messages.success(request, "Signed out everywhere else.")
    return redirect("mfa_index")


class InactiveView(KeepSiteMixin, allauth_views.AccountInactiveView):  # type: ignore[misc]  # allauth has no types
    pass
