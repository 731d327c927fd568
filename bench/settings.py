"""Quo Admin's own settings, with the floor beside its pages."""

from quo_admin.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
