"""The Django app `numbers`."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from numbers.database import session


class NumbersConfig(AppConfig):
    name = "numbers"
    verbose_name = "Numbers"

    def ready(self) -> None:
        from numbers.memory.search import postgresql  # noqa: PLC0415 - needs the models to be loaded

        connection_created.connect(session.configure)
        post_migrate.connect(postgresql.ensure_index, sender=self)
