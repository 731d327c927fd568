"""allauth's forms for codes and passkeys, where they let more through than they should."""

import struct
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError

from accounts.models import User

LONGEST_CREDENTIAL = 20_000  # characters; a browser's answer has some 2,000

# What a made-up credential makes the parsers of JSON, of CBOR and of keys raise.
_MALFORMED = (ValueError, TypeError, LookupError, AttributeError, NotImplementedError, ArithmeticError, struct.error)


def _use_up(user: User, code: str) -> None:
    """Remember a code of the app as long as it is good: three periods; allauth does for one.

    Raises ValidationError where it was used before.
    """
    seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    if not cache.add(f"totp-used-{user.pk}-{normalize_user_code(code)}", 1, seconds):
        raise get_adapter().validation_error("incorrect_code")


class AppForm(totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The code that shows that the app is set up lets nobody in afterwards."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _use_up(self.user, code)
        return code


class _OnceOnly:
    """A code of the app lets in once."""

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the form beside
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP:
            _use_up(authenticator.user, code)
        return code


class CodeForm(_OnceOnly, base.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class CodeAgainForm(_OnceOnly, base.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class _CredentialField(forms.JSONField):
    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's signature
        if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
            raise get_adapter().validation_error("passkey")
        try:
            found = super().to_python(value)
        except (ValidationError, RecursionError):
            raise get_adapter().validation_error("passkey") from None
        if found is not None and not isinstance(found, dict):
            raise get_adapter().validation_error("passkey")
        return found


def _credential() -> _CredentialField:
    return _CredentialField(
        widget=forms.HiddenInput, error_messages={"required": "The browser sent no passkey. It needs JavaScript."}
    )


class AddPasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Every passkey signs in by itself: it is kept on the device, which asks for a finger, a face or a PIN."""

    passwordless = None
    name = forms.CharField(max_length=60, required=False)
    credential = _credential()

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (*_MALFORMED, ValidationError):
            raise get_adapter().validation_error("passkey") from None
        return cleaned


class _Guarded:
    """Whatever a credential is, it is accepted or refused in a sentence."""

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
    credential = _credential()


class PasskeyAgainForm(_Guarded, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    credential = _credential()


class PasskeySignInForm(_Guarded, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    credential = _credential()
