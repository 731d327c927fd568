"""allauth's forms for codes and passkeys, where they let more through than they should."""

import re
import struct
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

LONGEST_CREDENTIAL = 20_000  # characters; a browser's answer has some 2,000

# What a made-up credential makes the parsers of JSON, of CBOR and of keys raise.
_MALFORMED = (ValueError, TypeError, LookupError, AttributeError, NotImplementedError, ArithmeticError, struct.error)


class _OnceOnly:
    """A code of the app lets in once, and the one that shows that it is set up lets nobody in afterwards.

    It is remembered as long as it is good: three periods; allauth does for one.
    """

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the form beside
        authenticator: Authenticator | None = getattr(self, "authenticator", None)
        if authenticator is None or authenticator.type == Authenticator.Type.TOTP:
            seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            digits = re.sub(r"\D", "", code)
            if not cache.add(f"totp-used-{self.user.pk}-{digits}", 1, seconds):  # type: ignore[attr-defined]
                raise get_adapter().validation_error("incorrect_code")
        return code


class AppForm(_OnceOnly, totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    pass


class CodeForm(_OnceOnly, base.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class CodeAgainForm(_OnceOnly, base.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class _CredentialField(forms.JSONField):
    """What the browser's passkey answers: an object, which is not too long."""

    widget = forms.HiddenInput
    default_error_messages = {"required": "The browser sent no passkey. It needs JavaScript."}

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        try:
            found = None if len(value or "") > LONGEST_CREDENTIAL else super().to_python(value)
        except (ValidationError, RecursionError):
            found = None
        if value and not isinstance(found, dict):
            raise get_adapter().validation_error("passkey")
        return found


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Every passkey signs in by itself: it is kept on the device, which asks for a finger, a face or a PIN."""

    passwordless = None
    name = forms.CharField(max_length=60, required=False)
    credential = _CredentialField()

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (*_MALFORMED, ValidationError):
            raise get_adapter().validation_error("passkey") from None
        return cleaned


class _Guarded(forms.Form):
    """Whatever a credential is, it is accepted or refused in a sentence."""

    credential = _CredentialField()

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form beside
        except ValidationError as error:
            if error.code == "incorrect_code":
                raise get_adapter().validation_error("passkey") from None
            raise
        except _MALFORMED:
            raise get_adapter().validation_error("passkey") from None


class PasskeyForm(_Guarded, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeyAgainForm(_Guarded, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass


class PasskeySignInForm(_Guarded, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    pass
