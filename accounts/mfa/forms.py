"""allauth's forms for codes and passkeys, with stricter validation."""

import re
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from accounts.mfa.malformed import MALFORMED

MAX_CREDENTIAL_LENGTH = 20_000  # characters; browsers send about 2,000


class _SingleUseCode:
    """Accepts each code of an app once, including the one that confirmed its set-up.

    A used code is remembered while it is valid, for three periods. allauth remembers it for one.
    """

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # the form's
        authenticator: Authenticator | None = getattr(self, "authenticator", None)
        if authenticator is None or authenticator.type == Authenticator.Type.TOTP:
            seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            digits = re.sub(r"\D", "", code)
            if not cache.add(f"totp-used-{self.user.pk}-{digits}", 1, seconds):  # type: ignore[attr-defined]
                raise get_adapter().validation_error("incorrect_code")
        return code


class ActivateAppForm(_SingleUseCode, totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    pass


class CodeForm(_SingleUseCode, base.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class ReauthenticateCodeForm(_SingleUseCode, base.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class _CredentialField(forms.JSONField):
    """The browser's JSON for a passkey: an object of limited length."""

    widget = forms.HiddenInput
    default_error_messages = {"required": "The browser sent no passkey. It needs JavaScript."}

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        try:
            credential = None if len(value or "") > MAX_CREDENTIAL_LENGTH else super().to_python(value)
        except (ValidationError, RecursionError):
            credential = None
        if value and not isinstance(credential, dict):
            raise get_adapter().validation_error("passkey")
        return credential


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Adds a discoverable passkey, which replaces the password: the device checks a finger, a face or a PIN."""

    passwordless = None
    name = forms.CharField(max_length=60, required=False)
    credential = _CredentialField()

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (*MALFORMED, ValidationError):
            raise get_adapter().validation_error("passkey") from None
        return cleaned


class _RejectMalformed(forms.Form):
    """Rejects a malformed credential with an error message instead of raising."""

    credential = _CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]  # the form's
        except ValidationError as error:
            if error.code == "incorrect_code":
                raise get_adapter().validation_error("passkey") from None
            raise
        except MALFORMED:
            raise get_adapter().validation_error("passkey") from None


class PasskeyForm(_RejectMalformed, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class ReauthenticatePasskeyForm(_RejectMalformed, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeySignInForm(_RejectMalformed, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass
