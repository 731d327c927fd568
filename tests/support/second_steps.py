"""URLs of second steps, codes of an authenticator app, and invalid answers of passkeys."""

import base64
import json
import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

SECURITY = "/accounts/security/"
APP, NO_APP = f"{SECURITY}app/add/", f"{SECURITY}app/remove/"
STEP = "/accounts/second-step/"
AGAIN = "/accounts/reauthenticate/"


def code_of(secret: str, *, periods: int = 0) -> str:
    """Return the code that an app shows `periods` periods from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD + periods)))


PASSKEY, ADD = "/accounts/passkey/", f"{SECURITY}passkeys/add/"


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
    "{" * 100_000,
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
