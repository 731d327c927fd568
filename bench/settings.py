"""Quo Admin's settings, with the URL of the floors added."""

from quo_admin.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
