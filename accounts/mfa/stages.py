"""When the second step comes."""

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest


class SecondStepStage(AuthenticateStage):  # type: ignore[misc]  # allauth has no types
    """allauth's, except after a company sign-in: there the company asks for what it wants."""

    def _should_handle(self, request: HttpRequest) -> bool:
        by_company = bool((self.login.signal_kwargs or {}).get("sociallogin"))
        return not by_company and bool(super()._should_handle(request))
