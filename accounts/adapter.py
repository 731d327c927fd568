"""How Quo Admin changes django-allauth's sign-in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import HttpRequest
from django.shortcuts import resolve_url
from filelock import FileLock, Timeout

from accounts.access import record_rate_limited, visitor_address
from accounts.limits import LOCK_SECONDS
from accounts.mfa.passkeys import has_usable
from accounts.models import User
from quo_admin.navigation import leads_to_own_host

LOCK_FILE = "sign-in.lock"

# allauth counts failures per network address over one minute, per account over five.
WAIT = "Too many failed attempts. Wait up to five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is switched off. Ask the administrator.",
        "email_password_mismatch": "The email address or the password is wrong. Check both and try again.",
        "enter_current_password": "This is not your current password.",
        "incorrect_password": "This is not your password.",
        "rate_limited": WAIT,
        "too_many_login_attempts": WAIT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that rate limits count by."""
        return visitor_address(request)

    def get_login_stages(self) -> list[str]:
        stages: list[str] = super().get_login_stages()
        replacements = {"allauth.mfa.stages.AuthenticateStage": "accounts.mfa.stages.SecondStepStage"}
        return [replacements.get(stage, stage) for stage in stages]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        descriptions = {
            "reauthenticate": "Enter your password",
            "mfa_reauthenticate": "Enter a code of your app, or a recovery code",
            "mfa_reauthenticate:webauthn": "Use a passkey",
        }
        methods = super().get_reauthentication_methods(user)
        usable = [method for method in methods if method["id"] != "mfa_reauthenticate:webauthn" or has_usable(user)]
        return [method | {"description": descriptions[method["id"]]} for method in usable]

    def is_safe_url(self, url: str) -> bool:
        # allauth's own also allows the other hosts of ALLOWED_HOSTS, and raises on malformed addresses.
        return leads_to_own_host(self.request, url)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        try:
            user: User | None = super().authenticate(request, **credentials)
        except DatabaseError:
            self._rollback_login_failed_rl_usage()  # nothing was wrong: it could not be checked
            raise
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        # The file cache has no atomic increment: without a lock, simultaneous attempts may count as one.
        try:
            with FileLock(settings.DATA_DIR / LOCK_FILE, timeout=LOCK_SECONDS):
                super().pre_authenticate(request, **credentials)
        except ValidationError:
            record_rate_limited(request, str(credentials.get("email", "")))
            raise
        except Timeout:
            raise self.validation_error("too_many_login_attempts") from None

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002 - allauth's
        # allauth's own key begins with the Host header. A client could invent a new port for each attempt, and so
        # reset the limit.
        return str(credentials.get("email", "")).lower()
