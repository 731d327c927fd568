"""The pages of the second step and of passkeys: django-allauth's, with less on offer and more said."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.stages import LoginStageController
from allauth.core.ratelimit import respond_429
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic.edit import FormMixin
from filelock import FileLock, Timeout

from accounts.access import record_passkey_failed
from accounts.limits import is_limited, refuse_for_now
from accounts.mfa import authenticators, passkeys
from accounts.mfa.forms import AppForm
from accounts.mfa.stages import SecondStepStage
from accounts.views import OurSite

LOCK_FILE = "second-step.lock"
LOCK_SECONDS = 10
ENDED = "This sign-in has ended. Sign in again."

View = Callable[..., HttpResponseBase]


def for_passwords(view: View) -> View:
    """Only for people who sign in with a password.

    Nobody whose way in is the company's gets another one of our own: it would stay open when the company's is closed.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if settings.OIDC_ONLY or (user.is_authenticated and not user.has_usable_password()):
            return render(request, "mfa/not_here.html", {"company": settings.OIDC_NAME}, status=403)
        return view(request, *args, **kwargs)

    return wrapped


class _Page(OurSite):
    """One attempt at a time over all processes: the cache in files, by which they are counted, has no atomic step."""

    http_method_names = ["get", "head", "post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with FileLock(settings.DATA_DIR / LOCK_FILE, timeout=LOCK_SECONDS):
                response: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
        except Timeout:
            response = respond_429(request)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # of the view beside
        if is_limited(form):
            refuse_for_now(response, self.request, f"mfa-auth-user-{form.user.pk}")  # type: ignore[attr-defined]
        return response


def _as_text(options: dict[str, Any]) -> str:
    """Return what is for the browser's `navigator.credentials` as JSON, for an attribute of a form."""
    return json.dumps(options["publicKey"])


# Signing in


class SecondStepView(_Page, base.AuthenticateView):  # type: ignore[misc]  # allauth has no types
    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stage = LoginStageController.enter(request, SecondStepStage.key)
        response: HttpResponseBase
        if stage and not stage.still_counts():
            messages.warning(request, ENDED)
            response = stage.abort()
        else:
            response = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        types = authenticators.authenticator_types(self.stage.login.user)
        return context | {
            "has_app": Authenticator.Type.TOTP in types,
            "has_passkey": Authenticator.Type.WEBAUTHN in types and not passkeys.obstacle(),
            "options": _as_text(context["js_data"]["request_options"]),
        }


@method_decorator(for_passwords, name="dispatch")
class PasskeySignInView(_Page, webauthn.LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """GET gives the browser its question, as JSON; POST takes the answer."""

    def form_invalid(self, form: Form) -> HttpResponse:
        record_passkey_failed(self.request)
        for error in form.errors.get("credential", []):
            messages.error(self.request, str(error))
        return redirect("account_login")

    def form_valid(self, form: Form) -> HttpResponse:
        authenticator: Authenticator = form.cleaned_data["credential"]
        if not authenticator.user.has_usable_password():
            messages.error(self.request, f"Your account has no passkeys. Sign in with {settings.OIDC_NAME}.")
            return redirect("account_login")
        response: HttpResponse = super().form_valid(form)
        return response


# Showing that it is still you


class CodeAgainView(_Page, base.ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeyAgainView(_Page, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = FormMixin.form_invalid(self, form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | kwargs  # with the form that was judged, not a new one
        return context | {"options": _as_text(context["js_data"]["request_options"])}


# What somebody has


class SecurityView(base.IndexView):  # type: ignore[misc]  # allauth has no types
    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Besides allauth's `authenticators`; `obstacle` says why passkeys cannot be."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "has_password": self.request.user.has_usable_password() and not settings.OIDC_ONLY,
            "company": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "obstacle": passkeys.obstacle(),
        }


# The authenticator app


@method_decorator([never_cache, for_passwords], name="dispatch")
class ActivateAppView(_Page, totp.ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    form_class = AppForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret: str = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return context | {"secret": " ".join(groups)}


class DeactivateAppView(_Page, totp.DeactivateTOTPView):  # type: ignore[misc]  # allauth has no types
    pass


# Recovery codes


@method_decorator(for_passwords, name="dispatch")
class NewCodesView(_Page, recovery.GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    pass


@never_cache
@require_safe
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth has no types
def recovery_codes(request: HttpRequest) -> HttpResponse:
    codes, left = authenticators.recovery_codes(request.user)
    return render(request, "mfa/recovery_codes/index.html", {"codes": codes, "left": left})


@never_cache
@require_safe
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth has no types
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    codes, _ = authenticators.recovery_codes(request.user)
    if not codes:
        return redirect("mfa_view_recovery_codes")
    response = render(request, "mfa/recovery_codes/download.txt", {"codes": codes}, content_type="text/plain")
    response["Content-Disposition"] = 'attachment; filename="quo-admin-recovery-codes.txt"'
    return response


# Passkeys


@method_decorator([never_cache, for_passwords], name="dispatch")
class AddPasskeyView(_Page, webauthn.AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if passkeys.obstacle():
            return HttpResponseRedirect(reverse("mfa_index"))  # which says why
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | kwargs  # with the form that was judged, not a new one
        options = context["js_data"]["creation_options"]
        options["publicKey"]["authenticatorSelection"] |= {"residentKey": "required", "requireResidentKey": True}
        return context | {"options": _as_text(options)}


class RemovePasskeyView(_Page, webauthn.RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    success_url = reverse_lazy("mfa_index")
