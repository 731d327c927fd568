"""Quo Admin's own settings, with the floor and the plain way beside its pages."""

from quo_admin.settings import *  # noqa: F403
from quo_admin.settings import BASE_DIR
from quo_admin.settings import TEMPLATES as OWN

ROOT_URLCONF = "bench.urls"
TEMPLATES = [OWN[0] | {"DIRS": [BASE_DIR / "templates", BASE_DIR / "bench" / "plain" / "templates"]}]
