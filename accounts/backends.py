"""How an account is checked: allauth's way, and what it may do follows from its role alone."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Nobody has permissions of their own beside their role's: one place says who may do what."""

    def _get_user_permissions(self, user_obj: Any) -> Any:  # noqa: ANN401 - Django's
        return super()._get_user_permissions(user_obj).none()
