"""Which account somebody comes into by their company account.

The first time by the email address, where the provider vouches for it; from then on by the provider's own lasting name
for the person (`sub`) alone. Addresses are given to other people, and in some providers people may change theirs.
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
from accounts.company.refusals import ANOTHER, AT_ONCE, INACTIVE, MISUNDERSTOOD, NO_ACCOUNT, UNVERIFIED, SignInRefused
from accounts.models import User
from accounts.roles import Role, give_role

GOOGLE = "accounts.google.com"
LONGEST_SUBJECT = 191  # characters: as allauth keeps it
_TRUE = (True, 1, "1", "true", "True")  # some providers send their truth as text


@dataclass(frozen=True)
class Person:
    """Whom the provider says it is: `email` is lower-case, and empty where the provider does not vouch for it."""

    subject: str
    email: str
    name: str


def person(claims: dict[str, Any]) -> Person:
    """Return the person that verified claims are about. Raises SignInRefused."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise SignInRefused(MISUNDERSTOOD, cause="sub")
    name = claims.get("name")
    clean = "".join(letter for letter in name if letter.isprintable()) if isinstance(name, str) else ""
    return Person(subject, _email(claims), clean.strip()[:150])


def _email(claims: dict[str, Any]) -> str:
    email = claims.get("email")
    # Lower-casing other alphabets can turn one address into another: U+212A becomes the letter k.
    if not isinstance(email, str) or not email.isascii() or not _is_vouched_for(claims, email):
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email.lower() if len(email) <= 254 else ""


def _is_vouched_for(claims: dict[str, Any], email: str) -> bool:
    # Entra's `email` may hold any text that somebody entered; `xms_edov` says that its domain's owner is verified.
    if not any(claims.get(name) in _TRUE for name in ("email_verified", "xms_edov")):
        return False
    # At Google anybody may have an account with any address; it knows for certain only of its own and of Workspaces.
    # https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
    if urlsplit(settings.OIDC_ISSUER).hostname == GOOGLE:
        return bool(claims.get("hd")) or email.lower().endswith("@gmail.com")
    return True


def account_of(person: Person) -> User:
    """Return the account of the person, linked or made now where that is allowed. Raises SignInRefused."""
    link = (
        SocialAccount.objects.select_related("user").filter(provider=settings.OIDC_ISSUER, uid=person.subject).first()
    )
    if link is None:
        try:
            with transaction.atomic():
                return _link(person)
        except IntegrityError:
            raise SignInRefused(AT_ONCE, email=person.email) from None
    user: User = link.user
    if not user.is_active:
        raise SignInRefused(INACTIVE, email=user.email)
    return user


def _link(person: Person) -> User:
    if not person.email:
        raise SignInRefused(UNVERIFIED)
    user = User.objects.select_for_update().filter(email=person.email).first()
    if user is None:
        if person.email.rpartition("@")[2] not in settings.OIDC_DOMAINS:
            raise SignInRefused(NO_ACCOUNT, email=person.email)
        user = User.objects.create_user(person.email, name=person.name)
        give_role(user, Role.VIEWER)
        record(Event.ACCOUNT_CHANGED, None, email=user.email, detail=f"{user.email} made by company sign-in, a viewer")
    elif not user.is_active:
        raise SignInRefused(INACTIVE, email=user.email)
    elif SocialAccount.objects.filter(provider=settings.OIDC_ISSUER, user=user).exists():
        raise SignInRefused(ANOTHER, email=user.email)
    SocialAccount.objects.create(provider=settings.OIDC_ISSUER, uid=person.subject, user=user)
    return user
