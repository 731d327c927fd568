"""The access log: sign-ins, failed sign-ins, exports and changes of accounts."""

from datetime import datetime
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q


class AppendOnlyError(Exception):
    """Code tried to delete a line of the access log."""


class AccessEventQuerySet(models.QuerySet["AccessEvent"]):
    def delete(self) -> NoReturn:
        raise AppendOnlyError

    def matching(self, text: str) -> "AccessEventQuerySet":
        """Return the lines whose email or detail contains the text, or whose address starts with it."""
        return self.filter(Q(email__icontains=text) | Q(address__startswith=text) | Q(detail__icontains=text))

    def delete_before(self, moment: datetime) -> int:
        """Delete the lines before a moment and return how many. Nothing else deletes lines."""
        return self.filter(at__lt=moment)._raw_delete(self.db)


class AccessEvent(models.Model):
    """One thing that a user did. The user is stored as text, so that the line outlives the account.

    A database trigger refuses every update of a row, even from outside Django.
    """

    class Event(models.TextChoices):
        SIGNED_IN = "signed_in", "Signed in"
        SIGN_IN_FAILED = "sign_in_failed", "Failed to sign in"
        SIGN_IN_LIMITED = "sign_in_limited", "Was made to wait"
        SIGNED_OUT = "signed_out", "Signed out"
        PASSWORD_CHANGED = "password_changed", "Changed a password"
        SECURITY_CHANGED = "security_changed", "Changed how to sign in"
        ACCOUNT_CHANGED = "account_changed", "Changed an account"
        EXPORTED = "exported", "Exported"
        ASKED_QUO = "asked_quo", "Asked Quo"

    at = models.DateTimeField(db_index=True)
    event = models.CharField(max_length=20, choices=Event.choices)
    email = models.CharField(max_length=254, blank=True, help_text="As it was then; of a failed sign-in, as typed.")
    user_id = models.BigIntegerField(null=True, help_text="The account, where there was one; it may be gone since.")
    address = models.CharField(max_length=45, blank=True, help_text="The network address that asked.")
    detail = models.TextField(blank=True, help_text="What was exported or asked for, or whose account was changed.")

    objects = models.Manager.from_queryset(AccessEventQuerySet)()

    class Meta:
        ordering = ("-at", "-pk")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.email}: {self.get_event_display()}"

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise AppendOnlyError
