"""The authentication backend: allauth's, with permissions from roles only."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Ignores permissions of single users, so that roles alone decide who may do what."""

    def _get_user_permissions(self, user_obj: Any) -> Any:  # noqa: ANN401 - Django's
        return super()._get_user_permissions(user_obj).none()
