"""What follows when somebody's second step changes: whoever else is signed in to the account has to sign in anew."""

from allauth.mfa import signals
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign `user` out of every session except the one with the key `but`; return of how many.

    Sessions are kept without a column that says whose they are: each is opened.
    """
    theirs = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.session_key != but and session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    for start in range(0, len(theirs), 500):
        Session.objects.filter(session_key__in=theirs[start : start + 500]).delete()
    return len(theirs)


@receiver([signals.authenticator_added, signals.authenticator_removed, signals.authenticator_reset])
def _changed(request: HttpRequest, user: User, **_more: object) -> None:
    end_sessions(user, but=request.session.session_key)
