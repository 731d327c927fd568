"""The app `accounts`: sign-in, roles and the access log."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import access, roles, sessions  # noqa: F401, PLC0415 - they need the models

        # numbers is the last app that defines permissions.
        post_migrate.connect(roles.set_role_permissions, sender=apps.get_app_config("numbers"))
