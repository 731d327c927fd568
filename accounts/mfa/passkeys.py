"""Whether passkeys work at this address: browsers bind each one to a domain and require https."""

import hashlib
import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from fido2.webauthn import RegistrationResponse

from accounts.mfa.malformed import MALFORMED
from accounts.models import User
from quo_admin import parsers


def host() -> str:
    """Return the domain that passkeys are bound to (the relying party's ID)."""
    return urlsplit(settings.SITE_URL).hostname or ""


def obstacle() -> str:
    """Return why passkeys cannot work here, as a sentence, or "" if they can."""
    name = host()
    with suppress(ValueError):
        ipaddress.ip_address(name)
        return (
            f"Passkeys need an address with a name. Quo Admin is at {settings.SITE_URL}, which has none: ask "
            "the person who installed it to set SITE_URL, for example to http://localhost:8000 on one's own computer."
        )
    if not settings.SITE_URL.startswith("https:") and name != "localhost" and not name.endswith(".localhost"):
        advice = "ask the person who installed it to set up https."
        return f"Passkeys need https. Quo Admin is at {settings.SITE_URL}: {advice}"
    return ""


def passkeys_of(user: User) -> list[Authenticator]:
    """Return the user's passkeys, oldest first."""
    return list(Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).order_by("created_at", "pk"))


def has_usable(user: User) -> bool:
    """Return whether a passkey of the user works here."""
    return not obstacle() and any(not address_elsewhere(passkey) for passkey in passkeys_of(user))


def address_elsewhere(passkey: Authenticator) -> str:
    """Return the address that the passkey was made under, or "" if it belongs to this one.

    Browsers do not offer a passkey of another host name. It was made before SITE_URL changed.
    """
    try:
        made = RegistrationResponse.from_dict(passkey.data["credential"]).response
        is_of_this_host = made.attestation_object.auth_data.rp_id_hash == hashlib.sha256(host().encode()).digest()
    except MALFORMED:
        return ""
    if is_of_this_host:
        return ""
    try:
        return parsers.origin(made.client_data.origin)
    except MALFORMED:
        return "another address"
