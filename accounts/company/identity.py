"""Which account a company sign-in opens.

The first sign-in finds it by the email address, if the provider has verified it. Later ones use only the provider's
permanent id (`sub`): addresses are reassigned, and some providers let people change theirs.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.access import Event, record
from accounts.company import refusals
from accounts.company.refusals import SignInRefused
from accounts.models import User
from accounts.roles import Role, give_role

GOOGLE = "accounts.google.com"
MAX_SUBJECT_LENGTH = 191  # characters: allauth's column
_TRUE_VALUES = (True, 1, "1", "true", "True")  # some providers send booleans as text


@dataclass(frozen=True)
class Identity:
    """Who the provider says signed in. `email` is lower-case, and empty if the provider has not verified it."""

    subject: str
    email: str
    name: str


def read_identity(claims: dict[str, Any]) -> Identity:
    """Return the identity in verified claims. Raises SignInRefused."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH or not subject.isprintable():
        raise SignInRefused(refusals.MISUNDERSTOOD, cause="sub")
    name = claims.get("name")
    clean = "".join(letter for letter in name if letter.isprintable()) if isinstance(name, str) else ""
    return Identity(subject, _verified_email(claims), clean.strip()[:150])


def _verified_email(claims: dict[str, Any]) -> str:
    email = claims.get("email")
    # Outside ASCII, lower-casing can turn one address into another: U+212A becomes the letter k.
    if not isinstance(email, str) or not email.isascii() or not _is_verified(claims, email):
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email.lower() if len(email) <= 254 else ""


def _is_verified(claims: dict[str, Any], email: str) -> bool:
    # Entra's `email` may be any text that a user entered; `xms_edov` says that the domain's owner is verified.
    if not any(claims.get(name) in _TRUE_VALUES for name in ("email_verified", "xms_edov")):
        return False
    # Anybody can open a Google account with any address. Google vouches only for its own addresses and Workspaces.
    # https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
    if urlsplit(settings.OIDC_ISSUER).hostname == GOOGLE:
        return bool(claims.get("hd")) or email.lower().endswith("@gmail.com")
    return True


def account_for(identity: Identity) -> User:
    """Return the account of the identity; link or create it if that is allowed. Raises SignInRefused."""
    links = SocialAccount.objects.select_related("user")
    link = links.filter(provider=settings.OIDC_ISSUER, uid=identity.subject).first()
    if link is None:
        try:
            with transaction.atomic():
                return _link_account(identity)
        except IntegrityError:
            raise SignInRefused(refusals.SIMULTANEOUS, email=identity.email) from None
    user: User = link.user
    if not user.is_active:
        raise SignInRefused(refusals.INACTIVE, email=user.email)
    return user


def _link_account(identity: Identity) -> User:
    if not identity.email:
        raise SignInRefused(refusals.UNVERIFIED_EMAIL)
    user = User.objects.select_for_update().filter(email=identity.email).first()
    if user is None:
        if identity.email.rpartition("@")[2] not in settings.OIDC_DOMAINS:
            raise SignInRefused(refusals.NO_ACCOUNT, email=identity.email)
        user = User.objects.create_user(identity.email, name=identity.name)
        give_role(user, Role.VIEWER)
        record(Event.ACCOUNT_CHANGED, None, email=user.email, detail=f"{user.email} made by company sign-in, a viewer")
    elif not user.is_active:
        raise SignInRefused(refusals.INACTIVE, email=user.email)
    elif SocialAccount.objects.filter(provider=settings.OIDC_ISSUER, user=user).exists():
        raise SignInRefused(refusals.LINKED_TO_ANOTHER, email=user.email)
    SocialAccount.objects.create(provider=settings.OIDC_ISSUER, uid=identity.subject, user=user)
    return user
