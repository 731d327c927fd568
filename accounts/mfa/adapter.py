"""How Quo Admin changes django-allauth's second factors."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.mfa import passkeys, secrets
from accounts.models import User


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": "Recovery codes need an authenticator app or a passkey first.",
        "incorrect_code": "This code is wrong or was used before. Wait for the next one and try again.",
        "passkey": "This passkey was not accepted. Try again, or use another way to sign in.",
    }

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]  # without the XML declaration, which is not allowed inside HTML

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002, ARG002 - allauth's
        return f"Passkey of {timezone.localdate():%d %B %Y}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": passkeys.host(), "name": "Quo Admin"}
