"""The WSGI application, as gunicorn serves it."""

import os
import sys

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from quo_admin.env import SettingsError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quo_admin.settings")


def _application() -> WSGIHandler:
    try:
        return get_wsgi_application()
    except SettingsError as error:
        sys.exit(str(error))


application = _application()
