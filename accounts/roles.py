"""The three roles: what each may do, and how somebody is given one.

A role is a group, so that Django's own permission checks hold; what a group may do is decided here and nowhere else.
"""

from django.contrib.auth.models import Group, Permission
from django.db import models

from accounts.models import User

READ = "numbers.view_phonenumber"
ASK_QUO = "numbers.ask_quo"
SHARE_FILTERS = "numbers.share_savedfilter"
READ_ACCESS_LOG = "accounts.view_accessevent"
_PEOPLE = {f"accounts.{action}_user" for action in ("view", "add", "change", "delete")}


class Role(models.TextChoices):
    """The name of the group, and what people read beside it. Each may do what those before it may, and more."""

    VIEWER = "viewer", "Viewer: sees and exports everything"
    MANAGER = "manager", "Manager: besides, asks Quo and shares filters"
    ADMINISTRATOR = "administrator", "Administrator: besides, manages people and reads the access log"

    @property
    def permissions(self) -> set[str]:
        permissions = {READ}
        if self != Role.VIEWER:
            permissions |= {ASK_QUO, SHARE_FILTERS}
        if self == Role.ADMINISTRATOR:
            permissions |= {READ_ACCESS_LOG, *_PEOPLE}
        return permissions


def fill_roles(using: str, **_more: object) -> None:
    """Give each role's group exactly its permissions; heard after every migration, once the permissions are there."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.using(using).select_related("content_type")
    }
    for role in Role:
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set(known[name] for name in role.permissions)


def role_of(user: User) -> Role | None:
    """Return the highest of the user's roles; None of somebody who has none yet and may see nothing."""
    if user.is_superuser:
        return Role.ADMINISTRATOR
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in names), None)


def give_role(user: User, role: Role) -> None:
    """Make this the user's one role. Only administrators may open Django's administration pages."""
    user.groups.set([Group.objects.get(name=role.value)])
    user.is_staff = role == Role.ADMINISTRATOR
    user.is_superuser = user.is_superuser and user.is_staff
    user.save(update_fields=["is_staff", "is_superuser"])
