"""The pages of the second step and of passkeys, based on django-allauth's."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.core.ratelimit import respond_429
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY
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
from accounts.limits import LOCK_SECONDS, is_limited, limit_challenges, mark_rate_limited
from accounts.mfa import challenge, passkeys, required
from accounts.mfa.codes import unused_codes
from accounts.mfa.forms import ActivateAppForm
from accounts.mfa.stages import SecondStepStage
from accounts.signed_in import signed_in
from accounts.views import KeepSiteMixin, KeepTargetMixin, with_target

LOCK_FILE = "second-step.lock"
ENDED = "This sign-in has ended. Sign in again."

View = Callable[..., HttpResponseBase]


def password_users_only(view: View) -> View:
    """Return 403 to users of company sign-in.

    A second way in would stay open after the company has closed theirs.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if settings.OIDC_ONLY or (user.is_authenticated and not user.has_usable_password()):
            return render(request, "mfa/not_here.html", {"company": settings.OIDC_NAME}, status=403)
        return view(request, *args, **kwargs)

    return wrapped


class _LockedPage(KeepSiteMixin):
    """Handles one POST at a time across processes: the file cache that counts attempts has no atomic increment."""

    http_method_names = ["get", "head", "post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with FileLock(settings.DATA_DIR / LOCK_FILE, timeout=LOCK_SECONDS):
                response: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]
        except Timeout:
            response = respond_429(request)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # the view's
        if is_limited(form):
            mark_rate_limited(response, self.request, f"mfa-auth-user-{form.user.pk}")  # type: ignore[attr-defined]
        return response


def _for_browser(options: dict[str, Any]) -> dict[str, str]:
    """Return what the form of a passkey needs: the options of `navigator.credentials`, and where passkeys work."""
    return {"options": json.dumps(options["publicKey"]), "site_url": settings.SITE_URL}


# Signing in


class SecondStepView(_LockedPage, base.AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """Its form has its own target: the session has only the one of the tab that sent its password first."""

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stage = LoginStageController.enter(request, SecondStepStage.key)
        if stage and not stage.is_still_valid():
            messages.warning(request, ENDED)
            stage.abort()
            stage = None
        response: HttpResponseBase
        if stage or request.user.is_authenticated:  # which leads on: another tab was faster
            response = super().dispatch(request, *args, **kwargs)
        else:
            response = with_target(request, reverse("account_login"))
        return response

    def form_valid(self, form: Form) -> HttpResponse:
        self.stage.login.redirect_url = self._target()
        response: HttpResponse = super().form_valid(form)
        return response

    def _target(self) -> str | None:
        target: str | None = get_next_redirect_url(self.request) or self.stage.login.redirect_url
        return target

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user = self.stage.login.user
        return (
            context
            | {
                "target": self._target(),
                "has_app": is_mfa_enabled(user, [Authenticator.Type.TOTP]),
                "has_passkey": passkeys.has_usable(user),
                "elsewhere": next(filter(None, map(passkeys.address_elsewhere, passkeys.passkeys_of(user))), ""),
            }
            | _for_browser(context["js_data"]["request_options"])
        )


@method_decorator(password_users_only, name="dispatch")
class PasskeySignInView(_LockedPage, KeepTargetMixin, webauthn.LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """GET returns the challenge for the browser as JSON; POST receives the response.

    allauth keeps the challenge in the session, which a visitor who only asks for it does not need.
    """

    @method_decorator(limit_challenges)
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().get(request, *args, **kwargs)
        if state := request.session.pop(STATE_SESSION_KEY, None):
            challenge.give(response, state)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if state := challenge.take(request):
            request.session[STATE_SESSION_KEY] = state
        response = super().post(request, *args, **kwargs)
        request.session.pop(STATE_SESSION_KEY, None)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        record_passkey_failed(self.request)
        for error in form.errors.get("credential", []):
            messages.error(self.request, str(error))
        return with_target(self.request, reverse("account_login"))

    def form_valid(self, form: Form) -> HttpResponse:
        authenticator: Authenticator = form.cleaned_data["credential"]
        if not authenticator.user.has_usable_password():
            messages.error(self.request, f"Your account has no passkeys. Sign in with {settings.OIDC_NAME}.")
            return with_target(self.request, reverse("account_login"))
        response: HttpResponse = super().form_valid(form)
        return response


# Reauthentication


class ReauthenticateCodeView(_LockedPage, base.ReauthenticateView):  # type: ignore[misc]  # allauth has no types
    pass


class ReauthenticatePasskeyView(_LockedPage, webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = FormMixin.form_invalid(self, form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | kwargs  # with the submitted form, not a new one
        return context | _for_browser(context["js_data"]["request_options"])


# Overview


class SecurityView(base.IndexView):  # type: ignore[misc]  # allauth has no types
    http_method_names = ["get", "head"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return allauth's context with `authenticators`; `obstacle` says why passkeys cannot work."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "has_password": self.request.user.has_usable_password() and not settings.OIDC_ONLY,
            "company": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            "obstacle": passkeys.obstacle(),
            "passkeys": [(one, passkeys.address_elsewhere(one)) for one in passkeys.passkeys_of(self.request.user)],
            "must_set_up": required.must_set_up(self.request),
            "signed_in": signed_in(self.request),
            "site_url": settings.SITE_URL,
        }


# The authenticator app


@method_decorator([never_cache, password_users_only], name="dispatch")
class ActivateAppView(_LockedPage, totp.ActivateTOTPView):  # type: ignore[misc]  # allauth has no types
    form_class = ActivateAppForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret: str = context["form"].secret
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return context | {"secret": " ".join(groups)}


class DeactivateAppView(_LockedPage, totp.DeactivateTOTPView):  # type: ignore[misc]  # allauth has no types
    pass


# Recovery codes


@method_decorator(password_users_only, name="dispatch")
class NewCodesView(_LockedPage, recovery.GenerateRecoveryCodesView):  # type: ignore[misc]  # allauth has no types
    pass


@never_cache
@require_safe
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth has no types
def recovery_codes(request: HttpRequest) -> HttpResponse:
    codes, left = unused_codes(request.user)
    return render(request, "mfa/recovery_codes/index.html", {"codes": codes, "left": left})


@never_cache
@require_safe
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # allauth has no types
def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    codes, _ = unused_codes(request.user)
    if not codes:
        return redirect("mfa_view_recovery_codes")
    response = render(request, "mfa/recovery_codes/download.txt", {"codes": codes}, content_type="text/plain")
    response["Content-Disposition"] = 'attachment; filename="quo-admin-recovery-codes.txt"'
    return response


# Passkeys


@method_decorator([never_cache, password_users_only], name="dispatch")
class AddPasskeyView(_LockedPage, webauthn.AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if passkeys.obstacle():
            return HttpResponseRedirect(reverse("mfa_index"))  # where the obstacle is explained
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | kwargs  # with the submitted form, not a new one
        options = context["js_data"]["creation_options"]
        options["publicKey"]["authenticatorSelection"] |= {"residentKey": "required", "requireResidentKey": True}
        return context | _for_browser(options)


class RemovePasskeyView(_LockedPage, webauthn.RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    success_url = reverse_lazy("mfa_index")
