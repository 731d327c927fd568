"""The app `numbers`: everything about the workspace's phone numbers."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class NumbersConfig(AppConfig):
    name = "numbers"
    verbose_name = "Numbers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from numbers import search_index  # noqa: PLC0415 - it needs the models

        connection_created.connect(search_index.teach)
        post_migrate.connect(search_index.keep, sender=self)
