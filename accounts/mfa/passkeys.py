"""Whether passkeys work at this address: browsers bind each one to a domain and require https."""

import ipaddress
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings


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
