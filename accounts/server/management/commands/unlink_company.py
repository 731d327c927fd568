"""`manage.py unlink_company EMAIL`: for a user whose id at the company's provider has changed."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.management.base import BaseCommand, CommandParser

from accounts.access import ON_THE_SERVER, Event, record
from accounts.server.management.users import find_user
from accounts.sessions import end_sessions


class Command(BaseCommand):
    help = "Undoes the link between an account and a company account; the next company sign-in links again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = find_user(options["email"])
        deleted, _ = SocialAccount.objects.filter(user=user).delete()
        end_sessions(user)
        record(
            Event.ACCOUNT_CHANGED, None, email=ON_THE_SERVER, detail=f"{user.email} unlinked from the company account"
        )
        if deleted:
            self.stdout.write(f"{user.email} is linked to no company account now, and is signed out everywhere.")
        else:
            self.stdout.write(f"{user.email} was linked to no company account; they are signed out everywhere.")
