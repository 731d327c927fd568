"""Django's `manage.py changepassword`, which also writes to the access log."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from accounts.access import ON_THE_SERVER, Event, record


class Command(changepassword.Command):
    def handle(self, *arguments: Any, **options: Any) -> str | None:
        output = super().handle(*arguments, **options)
        record(Event.ACCOUNT_CHANGED, None, email=ON_THE_SERVER, detail=f"{options['username']} changed: password")
        return output
