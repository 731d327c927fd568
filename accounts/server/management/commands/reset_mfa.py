"""`manage.py reset_mfa EMAIL`: for a user who lost every second factor."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandParser

from accounts.access import ON_THE_SERVER, Event, record
from accounts.server.management.users import find_user
from accounts.sessions import end_sessions


class Command(BaseCommand):
    help = "Takes away somebody's authenticator app, passkeys and recovery codes, and signs them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = find_user(options["email"])
        deleted, _ = Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        record(Event.SECURITY_CHANGED, None, email=ON_THE_SERVER, detail=f"{user.email} second step taken away")
        if deleted:
            self.stdout.write(f"{user.email} now signs in with the password alone, and is signed out everywhere.")
        else:
            self.stdout.write(f"{user.email} had no second step; they are signed out everywhere.")
