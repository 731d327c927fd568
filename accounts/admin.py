"""The pages on which an administrator creates and changes accounts."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.access import Event, record
from accounts.models import User
from accounts.roles import (
    NoAdministratorLeftError,
    Role,
    give_role,
    lock_administrators,
    require_administrator,
    role_of,
)
from quo_admin.times import format_time

# Accounts store their own email address, and secrets belong to the owner of the account alone. accounts/roles.py
# decides what a role may do, and the settings configure company sign-in.
admin.site.unregister([EmailAddress, Authenticator, Group, SocialAccount, SocialApp, SocialToken])

OWN_ACCOUNT = "You cannot take this from yourself: ask another administrator. So there is always one left."
LAST = (
    "Nothing was changed: no administrator who can sign in would be left. Somebody else may have changed an account "
    "just now."
)

View = Callable[..., HttpResponse]


def _keeps_an_administrator(view: View) -> View:
    """Make one change at a time, undo one that would leave no administrator, and say so."""

    @wraps(view)
    def wrapped(self: "UserAdmin", request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(self, request, *args, **kwargs)
        try:
            with transaction.atomic():
                lock_administrators()
                _require_still_administrator(request)
                return view(self, request, *args, **kwargs)
        except NoAdministratorLeftError:
            self.message_user(request, LAST, messages.ERROR)
            return redirect("admin:accounts_user_changelist")

    return wrapped


def _require_still_administrator(request: HttpRequest) -> None:
    """Raise PermissionDenied if another administrator was faster, and took the role or the account away."""
    if not User.objects.filter(pk=request.user.pk or 0, is_active=True, is_staff=True).exists():
        raise PermissionDenied


class AccountCreationForm(BaseUserCreationForm):  # type: ignore[type-arg]  # no type parameter at run time
    role = forms.ChoiceField(choices=Role.choices, initial=Role.VIEWER)

    class Meta:
        model = User
        fields = ("email", "name")


class AccountForm(UserChangeForm):  # type: ignore[type-arg]  # no type parameter at run time
    is_own = False  # whether administrators are editing their own account
    role = forms.ChoiceField(choices=[("", "None yet: sees nothing"), *Role.choices])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = role_of(self.instance)

    def clean(self) -> Any:  # noqa: ANN401 - Django's
        cleaned = super().clean()
        for field, value in {"role": Role.ADMINISTRATOR, "is_active": True}.items():
            if self.is_own and self.cleaned_data.get(field, value) != value:
                self.add_error(field, OWN_ACCOUNT)
        return cleaned


class AccountPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # no type parameter at run time
    """Also takes the password away, so that only company sign-in is left."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit)
        require_administrator()
        return user


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # no type parameter at run time
    form, add_form, change_password_form = AccountForm, AccountCreationForm, AccountPasswordForm
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "name", "role", "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("What the person may do", {"fields": ("is_active", "role")}),
        ("Dates", {"fields": ("signed_in", "joined")}),
    )
    readonly_fields = ("signed_in", "joined")
    filter_horizontal = ()
    list_display = ("email", "name", "is_active", "role", "signed_in")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401 - Django's
        form: Any = super().get_form(request, obj, change=change, **kwargs)  # a new class for each request
        form.is_own = obj is not None and obj == request.user
        return form

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return obj != request.user and super().has_delete_permission(request, obj)

    @_keeps_an_administrator
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Django's
        return super().changeform_view(request, *args, **kwargs)

    @_keeps_an_administrator
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().delete_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:  # noqa: ANN401 - Django's
        super().save_related(request, form, formsets, change)
        before, after = role_of(form.instance), Role(form.cleaned_data["role"])
        if before != after:
            give_role(form.instance, after)
        require_administrator()
        role = f", {before or 'no role'} → {after}" if before != after else ""
        changed = f"changed: {', '.join(form.changed_data) or 'nothing'}" if change else "made"
        record(Event.ACCOUNT_CHANGED, request, detail=f"{form.instance.email} {changed}{role}")

    @_keeps_an_administrator
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's
        response = super().user_change_password(request, id, form_url)
        is_done = response.status_code == HTTPStatus.FOUND and response["Location"] != request.get_full_path()
        if request.method == "POST" and is_done:
            user = User.objects.get(pk=id)
            what = "password" if user.has_usable_password() else "password taken away"
            record(Event.ACCOUNT_CHANGED, request, detail=f"{user.email} changed: {what}")
        return response

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        super().delete_model(request, obj)
        require_administrator()
        record(Event.ACCOUNT_CHANGED, request, detail=f"{obj.email} deleted")

    @admin.display(description="last sign-in", ordering="last_login", empty_value="never")
    def signed_in(self, user: User) -> str | None:
        return format_time(user.last_login) if user.last_login else None

    @admin.display(description="date joined")
    def joined(self, user: User) -> str:
        return format_time(user.date_joined)

    @admin.display(description="role")
    def role(self, user: User) -> str:
        role = role_of(user)
        return role.value if role else "none yet"
