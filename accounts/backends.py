"""The authentication backend: allauth's, with permissions from roles only."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from accounts.first import has_expired_password
from accounts.models import User


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Ignores permissions of single users, so that roles alone decide who may do what."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user, unless the first password expired before anybody used it."""
        user: User | None = super().authenticate(request, **credentials)
        return None if has_expired_password(user, settings.FIRST_PASSWORD_FILE) else user

    def _get_user_permissions(self, user_obj: Any) -> Any:  # noqa: ANN401 - Django's
        return super()._get_user_permissions(user_obj).none()
