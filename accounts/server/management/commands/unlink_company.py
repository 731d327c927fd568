"""`manage.py unlink_company EMAIL`: for somebody whom the company's provider now knows by another lasting name."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.management.base import BaseCommand, CommandParser

from accounts.access import ON_THE_SERVER, Event, record
from accounts.server.management.people import named
from accounts.sessions import end_sessions


class Command(BaseCommand):
    help = "Undoes the link between an account and a company account; the next company sign-in links anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = named(options["email"])
        undone, _ = SocialAccount.objects.filter(user=user).delete()
        end_sessions(user)
        record(
            Event.ACCOUNT_CHANGED, None, email=ON_THE_SERVER, detail=f"{user.email} unlinked from the company account"
        )
        if undone:
            self.stdout.write(f"{user.email} is linked to no company account now, and is signed out everywhere.")
        else:
            self.stdout.write(f"{user.email} was linked to no company account; they are signed out everywhere.")
