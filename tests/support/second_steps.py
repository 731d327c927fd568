"""URLs of second steps, codes of an authenticator app, registered passkeys, and invalid answers of passkeys."""

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

SECURITY = "/accounts/security/"
APP, NO_APP = f"{SECURITY}app/add/", f"{SECURITY}app/remove/"
STEP = "/accounts/second-step/"
AGAIN = "/accounts/reauthenticate/"


def code_of(secret: str, *, periods: int = 0) -> str:
    """Return the code that an app shows `periods` periods from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD + periods)))


PASSKEY, ADD = "/accounts/passkey/", f"{SECURITY}passkeys/add/"


def register_passkey(user: User, address: str, name: str = "Desk") -> Authenticator:
    """Store a passkey that a browser made while Quo Admin was at this address."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]  # fido2 has no type here
    credential = AttestedCredentialData.create(Aaguid.NONE, name.encode(), key)
    host = hashlib.sha256((urlsplit(address).hostname or "").encode()).digest()
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    made = AttestationObject.create("none", AuthenticatorData.create(host, flags, 0, credential), {})
    client = CollectedClientData.create("webauthn.create", "AAAA", address)
    response = {"clientDataJSON": client.b64, "attestationObject": _base64url(bytes(made))}
    handle = _base64url(name.encode())
    stored = {"id": handle, "rawId": handle, "type": "public-key", "response": response, "clientExtensionResults": {}}
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": stored})


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


ANSWER: dict[str, Any] = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {
        "clientDataJSON": "e30",
        "authenticatorData": "AAAA",
        "signature": "AAAA",
        "userHandle": "MQ",
        "attestationObject": "oA",
    },
    "clientExtensionResults": {},
}


_CLIENT_DATA = {"type": "webauthn.get", "challenge": "AAAA", "origin": "http://localhost:8000"}
CLIENT_DATA = base64.urlsafe_b64encode(json.dumps(_CLIENT_DATA).encode()).decode().rstrip("=")


def _with(**response: Any) -> str:
    return json.dumps(ANSWER | {"response": ANSWER["response"] | response})


HOSTILE = [
    "{}",
    "[]",
    "42",
    '"text"',
    "null",
    "not JSON",
    "\x00",
    "[" * 15_000,
    "{" * 60_000,
    json.dumps(ANSWER),
    json.dumps(ANSWER | {"response": []}),
    json.dumps(ANSWER | {"response": None}),
    json.dumps(ANSWER | {"rawId": 42}),
    json.dumps(ANSWER | {"id": "é", "rawId": "é"}),
    json.dumps(ANSWER | {"clientExtensionResults": "x"}),
    _with(userHandle=None),
    _with(userHandle=42),
    _with(userHandle="////"),
    _with(userHandle="OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"),
    _with(clientDataJSON="AAAA"),
    _with(clientDataJSON="W10"),
    _with(clientDataJSON=CLIENT_DATA),
    _with(clientDataJSON=CLIENT_DATA, authenticatorData="A" * 60),
    _with(clientDataJSON=CLIENT_DATA, authenticatorData="_" * 200, attestationObject="_" * 200),
    _with(attestationObject="v" * 100),
]
