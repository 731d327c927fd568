"""What follows when somebody's second step changes: whoever else is signed in to the account has to sign in anew."""

from allauth.mfa import signals
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import end_sessions


@receiver([signals.authenticator_added, signals.authenticator_removed, signals.authenticator_reset])
def _changed(request: HttpRequest, user: User, **_more: object) -> None:
    end_sessions(user, but=request.session.session_key)
