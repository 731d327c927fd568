"""Who must set up a second step before anything else."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Role, role_of

OFF, EVERYONE = "off", "everyone"


def must_set_up(request: HttpRequest) -> bool:
    """Return whether the signed-in user lacks a second step that REQUIRE_SECOND_STEP demands.

    After company sign-in nobody needs one: the provider is responsible for it.
    """
    user = request.user
    if settings.REQUIRE_SECOND_STEP == OFF or not isinstance(user, User) or not user.has_usable_password():
        return False
    by_company = any(used["method"] == "socialaccount" for used in get_authentication_records(request, user))
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return not by_company and _is_demanded_from(user) and not is_mfa_enabled(user, kinds)


def _is_demanded_from(user: User) -> bool:
    role, roles = role_of(user), list(Role)
    if settings.REQUIRE_SECOND_STEP == EVERYONE:
        return True
    return role is not None and roles.index(role) >= roles.index(Role(settings.REQUIRE_SECOND_STEP))
