"""Makes the three roles, and gives everybody who has an account the one that lets them do what they did."""

from django.db import migrations

ROLES = ("viewer", "manager", "administrator")


def give_roles(apps, editor):
    using = editor.connection.alias
    groups = {name: apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)[0] for name in ROLES}
    for user in apps.get_model("accounts", "User").objects.using(using).iterator():
        managed_people = user.is_staff and user.user_permissions.filter(codename="change_user").exists()
        user.is_staff = user.is_superuser or managed_people
        user.groups.add(groups["administrator" if user.is_staff else "manager"])
        user.save(update_fields=["is_staff"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_access_log"), ("numbers", "0005_permissions"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(give_roles, migrations.RunPython.noop)]
