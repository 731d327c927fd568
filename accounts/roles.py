"""The three roles and their permissions.

A role is a group, so that Django's permission checks apply. Only this module decides what a group may do.
"""

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.db.models import Q, QuerySet

from accounts.models import User

READ = "numbers.view_phonenumber"
ASK_QUO = "numbers.ask_quo"
SHARE_FILTERS = "numbers.share_savedfilter"
READ_ACCESS_LOG = "accounts.view_accessevent"
_MANAGE_USERS = {f"accounts.{action}_user" for action in ("view", "add", "change", "delete")}


class Role(models.TextChoices):
    """The name of the group and the label on pages. Each role includes the permissions of the ones before it."""

    VIEWER = "viewer", "Viewer: sees and exports everything"
    MANAGER = "manager", "Manager: besides, asks Quo and shares filters"
    ADMINISTRATOR = "administrator", "Administrator: besides, manages people and reads the access log"

    @property
    def permissions(self) -> set[str]:
        permissions = {READ}
        if self != Role.VIEWER:
            permissions |= {ASK_QUO, SHARE_FILTERS}
        if self == Role.ADMINISTRATOR:
            permissions |= {READ_ACCESS_LOG, *_MANAGE_USERS}
        return permissions


def set_role_permissions(using: str, **_more: object) -> None:
    """Give each role's group exactly its permissions. Runs after every migration, when the permissions exist."""
    permissions = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set(permissions[name] for name in role.permissions)


def role_of(user: User) -> Role | None:
    """Return the highest of the user's roles, or None for an account without a role, which may see nothing."""
    if user.is_superuser:
        return Role.ADMINISTRATOR
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in names), None)


class NoAdministratorLeftError(Exception):
    """A change would leave nobody who can sign in and manage accounts."""


def lock_administrators() -> None:
    """Wait for other transactions that change who is an administrator, and hold them up until this one ends.

    On SQLite only one transaction can write anyway.
    """
    Group.objects.select_for_update(no_key=True).get(name=Role.ADMINISTRATOR.value)


def require_administrator() -> None:
    """Raise NoAdministratorLeftError if no administrator can sign in. The caller holds `lock_administrators`."""
    if not administrators_who_can_sign_in().exists():
        raise NoAdministratorLeftError


def administrators_who_can_sign_in() -> QuerySet[User]:
    """Return the active administrators with a password or a link to a company account, whichever opens Quo Admin."""
    is_administrator = Q(is_superuser=True) | Q(groups__name=Role.ADMINISTRATOR.value)
    has_password = ~Q(password="") & ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    is_linked = Q(socialaccount__provider=settings.OIDC_ISSUER)
    ways_in = is_linked if settings.OIDC_ONLY else has_password | is_linked
    return User.objects.filter(is_administrator, ways_in, is_active=True, is_staff=True).distinct()


def give_role(user: User, role: Role) -> None:
    """Replace the user's roles by this one. Only administrators may open Django's administration pages."""
    user.groups.set([Group.objects.get(name=role.value)])
    user.is_staff = role == Role.ADMINISTRATOR
    user.is_superuser = user.is_superuser and user.is_staff
    user.save(update_fields=["is_staff", "is_superuser"])
