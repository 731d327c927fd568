"""How Quo Admin changes django-allauth's second factors, and encrypts their secrets.

A copy of the database alone is useless: the key is derived from SECRET_KEY. After a change of it, users must set up
their second step again (`manage.py reset_mfa`).
"""

import base64
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone
from django.utils.encoding import force_bytes

from accounts.mfa import passkeys
from accounts.models import User

_PURPOSE = b"accounts.mfa.secrets"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": "Recovery codes need an authenticator app or a passkey first.",
        "incorrect_code": "This code is wrong or was used before. Wait for the next one and try again.",
        "passkey": "This passkey was not accepted. Try again, or use another way to sign in.",
    }

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. If it cannot be decrypted, return a random one, which no code matches."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> str:
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]  # without the XML declaration, which is not allowed inside HTML

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002, ARG002 - allauth's
        return f"Passkey of {timezone.localdate():%d %B %Y}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": passkeys.host(), "name": "Quo Admin"}


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(force_bytes(secret))
    return base64.urlsafe_b64encode(derived)
