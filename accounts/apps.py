"""The app `accounts`: who may sign in, and how."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import access, roles, sessions  # noqa: F401, PLC0415 - they need the models

        # The last app that has permissions of its own.
        post_migrate.connect(roles.fill_roles, sender=apps.get_app_config("numbers"))
