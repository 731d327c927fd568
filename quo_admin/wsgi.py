"""The WSGI application, for running gunicorn directly: `gunicorn quo_admin.wsgi`. `manage.py run` has its own."""

import os
import sys
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connections

from quo_admin.env import SettingsError
from quo_admin.private import UMASK

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quo_admin.settings")

os.umask(UMASK)
sentence = ""
try:
    application = get_wsgi_application()

    from numbers.operations.backups.files import our_migrations  # needs the settings
    from numbers.operations.damage import refusal
    from numbers.services import workspace_problem

    our_migrations()  # before an upgrade replaces the files
    with suppress(DatabaseError, OSError):  # a database that is down may come back
        sentence = refusal() or workspace_problem(before_migrating=True)
    connections.close_all()  # gunicorn may fork after this
except SettingsError as error:
    sentence = str(error)
if sentence:
    sys.stderr.write(f"{sentence}\n")
    # gunicorn's code for "the application cannot be loaded": after any other it would restart workers forever.
    sys.exit(4)
