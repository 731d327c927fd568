"""The WSGI application, for running gunicorn directly: `gunicorn quo_admin.wsgi`. `manage.py run` has its own."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from quo_admin.env import SettingsError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quo_admin.settings")

try:
    application = get_wsgi_application()
except SettingsError as error:
    sys.stderr.write(f"{error}\n")
    # gunicorn's code for "the application cannot be loaded": after any other it would restart workers forever.
    sys.exit(4)
