"""The recovery codes that a user has left."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User

CODES_VISIBLE_FOR = timedelta(minutes=10)


def unused_codes(user: User | AnonymousUser) -> tuple[list[str], int]:
    """Return the unused codes, which are visible only soon after they were created, and how many are left."""
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if authenticator is None:
        return [], 0
    unused: list[str] = authenticator.wrap().get_unused_codes()
    is_visible = timezone.now() - authenticator.created_at < CODES_VISIBLE_FOR
    return unused if is_visible else [], len(unused)
