"""`python -m bench.signed_in`: creates an administrator and prints a session cookie."""

import secrets
import sys

import django


def main() -> None:
    django.setup()
    from django.conf import settings  # noqa: PLC0415 - settings first
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415

    client = Client()
    client.force_login(User.objects.create_superuser("bench@example.com", secrets.token_urlsafe()))
    sys.stdout.write(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}\n")


if __name__ == "__main__":
    main()
