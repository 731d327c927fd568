"""Django's `manage.py createsuperuser`, which also writes to the access log."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from accounts.access import ON_THE_SERVER, Event, record
from accounts.models import User


class Command(createsuperuser.Command):
    def handle(self, *arguments: Any, **options: Any) -> None:
        existing = set(User.objects.values_list("pk", flat=True))
        super().handle(*arguments, **options)
        for user in User.objects.exclude(pk__in=existing):
            record(Event.ACCOUNT_CHANGED, None, email=ON_THE_SERVER, detail=f"{user.email} made, an administrator")
