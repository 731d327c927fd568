"""When the second step comes."""

from typing import Any

from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.sessions import WAITING


class SecondStepStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    """allauth's, except after a company sign-in: there the company asks for what it wants.

    What waits for it remembers the password that it began with, as a session does.
    """

    def handle(self) -> tuple[Any, bool]:
        response, goes_on = super().handle()
        if response:
            self.request.session[WAITING] = str(self.login.user.pk)
            self.state["auth_hash"] = self.login.user.get_session_auth_hash()
        return response, goes_on

    def still_counts(self) -> bool:
        """Whether the password that was given would lead here today."""
        user = self.login.user
        if user is None or settings.OIDC_ONLY:
            return False
        return constant_time_compare(self.state.get("auth_hash", ""), user.get_session_auth_hash())

    def _should_handle(self, request: HttpRequest) -> bool:
        by_company = bool((self.login.signal_kwargs or {}).get("sociallogin"))
        return not by_company and bool(super()._should_handle(request))
