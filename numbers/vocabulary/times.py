"""Formats times for people, in the current time zone."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime


def format_time(time: datetime) -> str:
    """Return "Nov 29, 2026, 3:38 PM". The format is in quo_admin/formats, so Django's own pages use it too."""
    return date_format(localtime(time), "DATETIME_FORMAT")


def format_exact_time(time: datetime) -> str:
    """Return "Nov 29, 2026, 3:38:05 PM PST", for tooltips and print."""
    return date_format(localtime(time), "M j, Y, g:i:s A T")
