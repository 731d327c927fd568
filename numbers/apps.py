"""The app `numbers`: everything about the workspace's phone numbers."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "numbers"
    verbose_name = "Numbers"
    default_auto_field = "django.db.models.BigAutoField"
