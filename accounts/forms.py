"""allauth's form for a new password. A wrong old one is in the access log, as failed sign-ins are."""

from allauth.account import forms
from allauth.core import context
from django.core.exceptions import ValidationError

from accounts.access import Event, record


class PasswordChangeForm(forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    def clean_oldpassword(self) -> str:
        try:
            return str(super().clean_oldpassword())
        except ValidationError:
            record(Event.REFUSED, context.request, detail="wrong password, to change it")
            raise
