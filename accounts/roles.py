"""The three roles and their permissions.

A role is a group, so that Django's permission checks apply. Only this module decides what a group may do.
"""

from django.contrib.auth.models import Group, Permission
from django.db import models
from django.db.models import Q

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
    """A change would leave nobody who can manage accounts."""


def lock_administrators() -> None:
    """Wait for other transactions that change who is an administrator, and hold them up until this one ends.

    On SQLite only one transaction can write anyway.
    """
    Group.objects.select_for_update(no_key=True).get(name=Role.ADMINISTRATOR.value)


def require_administrator() -> None:
    """Raise NoAdministratorLeftError if nobody active is an administrator. The caller holds `lock_administrators`."""
    is_administrator = Q(is_superuser=True) | Q(groups__name=Role.ADMINISTRATOR.value)
    if not User.objects.filter(is_administrator, is_active=True, is_staff=True).exists():
        raise NoAdministratorLeftError


def give_role(user: User, role: Role) -> None:
    """Replace the user's roles by this one. Only administrators may open Django's administration pages."""
    user.groups.set([Group.objects.get(name=role.value)])
    user.is_staff = role == Role.ADMINISTRATOR
    user.is_superuser = user.is_superuser and user.is_staff
    user.save(update_fields=["is_staff", "is_superuser"])
