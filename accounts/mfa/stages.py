"""When sign-in asks for the second step."""

from typing import Any

from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.session_store import HALF_SIGNED_IN


class SecondStepStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    """allauth's stage, which is skipped after a company sign-in: the provider asks for its own second step.

    A sign-in at this stage stores a hash of its password, as sessions do, so that it ends with the password.
    """

    def handle(self) -> tuple[Any, bool]:
        response, should_continue = super().handle()
        if response:
            self.request.session[HALF_SIGNED_IN] = str(self.login.user.pk)
            self.state["auth_hash"] = self.login.user.get_session_auth_hash()
        return response, should_continue

    def is_still_valid(self) -> bool:
        """Return whether the password that started this sign-in is still the current one."""
        user = self.login.user
        if user is None or settings.OIDC_ONLY:
            return False
        return constant_time_compare(self.state.get("auth_hash", ""), user.get_session_auth_hash())

    def _should_handle(self, request: HttpRequest) -> bool:
        is_company_sign_in = bool((self.login.signal_kwargs or {}).get("sociallogin"))
        return not is_company_sign_in and bool(super()._should_handle(request))
