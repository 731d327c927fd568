"""What must be true of roles, and what is unusual in accounts: nobody but an owner of the data can judge that."""

from datetime import datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, identify_hasher
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, Lag

from accounts.access import retention_start
from accounts.first import FIRST_EMAIL
from accounts.models import AccessEvent, User
from accounts.roles import Role, administrators_who_can_sign_in
from numbers.operations.invariants.breach import Broken
from numbers.operations.invariants.database import sequence

MIGRATE = "Run manage.py migrate."  # it gives each role its permissions


def roles_have_their_permissions() -> Broken:
    groups = {group.name: _permissions(Permission.objects.filter(group=group)) for group in Group.objects.all()}
    for role in Role:
        if role.value not in groups:
            yield f"role {role.value}", None, f"its group is missing. {MIGRATE}"
            continue
        for name in sorted(role.permissions - groups[role.value]):
            yield f"role {role.value}", None, f"it lacks the permission {name}. {MIGRATE}"
        for name in sorted(groups[role.value] - role.permissions):
            yield f"role {role.value}", None, f"it has the permission {name}, which is not part of it. {MIGRATE}"


def _permissions(permissions: QuerySet[Permission]) -> set[str]:
    rows = permissions.order_by().values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in rows}


def passwords_are_hashed() -> Broken:
    """Every password is a hash that sign-in can check, or says that the account has none."""
    users = User.objects.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).order_by("pk")
    for email, password in users.values_list("email", "password").iterator():
        try:
            identify_hasher(password).decode(password)
        except (ValueError, AssertionError):
            yield email, None, "its password is not stored as a hash: set a new one with manage.py changepassword."


def no_line_of_the_access_log_is_missing() -> Broken:
    """Find the lines that somebody deleted between others, or after the last one.

    PostgreSQL also skips ids when a write fails, so only SQLite can say this. Nobody can say what was before the first
    line: lines past their retention are deleted.
    """
    if connection.vendor != "sqlite":
        return
    lines = AccessEvent.objects.annotate(before=Window(Lag("pk"), order_by="pk")).filter(pk__gt=F("before") + 1)
    gaps = [(before + 1, pk - 1) for before, pk in lines.order_by("pk").values_list("before", "pk")]
    last, given = AccessEvent.objects.aggregate(last=Max("pk"))["last"], sequence(AccessEvent._meta.db_table)
    if last and last < given:
        gaps.append((last + 1, given))
    for first, end in gaps:
        which = f"line {first}" if first == end else f"lines {first} to {end}"
        yield "access log", None, f"{which} must have been deleted, unless the rows came from PostgreSQL."


def permissions_come_from_roles() -> Broken:
    for user in User.objects.filter(user_permissions__isnull=False).distinct().iterator():
        names = ", ".join(sorted(_permissions(user.user_permissions.all())))
        yield user.email, None, f"the account has permissions that no role gives it: {names}."
    others = Group.objects.exclude(name__in=Role.values)
    for group in others.filter(permissions__isnull=False, user__isnull=False).distinct():
        yield f"group {group.name}", None, "it gives accounts permissions, and is none of the roles."
    is_administrator = Q(is_superuser=True) | Exists(_in_role(Role.ADMINISTRATOR))
    for user in User.objects.filter(is_staff=True).exclude(is_administrator).order_by("pk"):
        yield user.email, None, "the account may open the administration pages, and is no administrator."


def administrators_are_explained() -> Broken:
    """The access log says who became an administrator, unless that was before it began or is past its retention."""
    begun = max(retention_start(), _log_began())
    said = AccessEvent.objects.filter(event=AccessEvent.Event.ACCOUNT_CHANGED)
    said = said.filter(
        Q(detail__startswith=Concat(OuterRef("email"), Value(" made")), detail__endswith="an administrator")
        | Q(detail__startswith=Concat(OuterRef("email"), Value(" ")), detail__endswith="→ administrator")
        | Q(detail__startswith=Concat(OuterRef("email"), Value(" changed")), detail__contains="email")
    )
    powerful = User.objects.filter(Q(is_superuser=True) | Exists(_in_role(Role.ADMINISTRATOR)))
    since = powerful.filter(date_joined__gt=begun).exclude(email=FIRST_EMAIL).exclude(Exists(said)).order_by("pk")
    for user in since.iterator():
        what = "a superuser" if user.is_superuser else "an administrator"
        yield user.email, None, f"the account is {what}, and the access log does not say who made it one."


def _in_role(role: Role) -> QuerySet[Group]:
    return Group.objects.filter(name=role.value, user=OuterRef("pk"))


def _log_began() -> datetime:
    """Return when the migration ran that turned the permissions before roles into roles."""
    applied = MigrationRecorder.Migration.objects.filter(app="accounts", name="0003_roles")
    moment: datetime = applied.values_list("applied", flat=True)[0]
    return moment


def somebody_can_manage_people() -> Broken:
    if User.objects.exists() and not administrators_who_can_sign_in().exists():
        yield "accounts", None, "no administrator can sign in. manage.py createsuperuser makes one."
