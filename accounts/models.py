"""The accounts that sign in, their sessions, and the log of what they did."""

from datetime import datetime
from typing import Any, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone


class LowercaseEmailField(models.EmailField):  # type: ignore[type-arg]  # no type parameter at run time
    """An email address that is lower-case in forms, rows and queries.

    So `unique` ignores case, and `filter(email="Ann@Example.com")` finds ann@example.com.
    """

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - Django's
        value = super().to_python(value)
        return value.lower() if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ANN401 - Django's
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:  # noqa: ANN401 - Django's
        """Appear in migrations as Django's own field, which has the same column: migrations import none of our code."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account. Without a password, nobody can sign in to it. Raises ValidationError."""
        if not email:
            raise ValidationError("An account needs an email address.")
        if password == "":
            raise ValidationError("The password is empty.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = LowercaseEmailField(
        "email address", unique=True, error_messages={"unique": "This email address has an account already."}
    )
    name = models.CharField(max_length=150, blank=True, help_text="Shown instead of the email address.")
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Untick it to lock the person out; better than deleting the account.",
    )
    is_staff = models.BooleanField("administrator", default=False, help_text="May open these administration pages.")
    date_joined = models.DateTimeField("made", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ("email",)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """Return the name that pages show."""
        return self.name or str(self.email)


class AccountSession(AbstractBaseSession):
    """A session with its account, also of one whose second step is still missing; null if it has none.

    It is no foreign key: saving a session must not fail because the account was deleted meanwhile.
    """

    user_id = models.BigIntegerField(null=True, db_index=True)

    class Meta(AbstractBaseSession.Meta):
        default_permissions = ()


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
        REFUSED = "refused", "Was refused"

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
