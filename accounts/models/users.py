"""The accounts that sign in. They have an email address, a password and no user name."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
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
