"""Formats times for people, in the current time zone."""

from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone, localtime


def zone_name() -> str:
    """Return the name of the current time zone: "America/New_York"."""
    return str(get_current_timezone())


def local(time: datetime) -> datetime | None:
    """Return the time in the current time zone; None if it is before year 1 or after year 9999 there."""
    try:
        return localtime(time)
    except OverflowError:
        return None


def is_repeated(time: datetime) -> bool:
    """Return whether a local clock shows this time twice, as when daylight saving time ends."""
    return time.replace(fold=1 - time.fold).utcoffset() != time.utcoffset()


def offset(time: datetime) -> str:
    """Return "UTC−4", "UTC+5:45" or "UTC"."""
    difference = time.utcoffset() or timedelta(0)
    if not difference:
        return "UTC"
    hours = str(abs(difference)).removesuffix(":00").removesuffix(":00")  # of "4:00:00", or "0:53:28" before 1900
    return f"UTC{'+' if difference > timedelta(0) else '−'}{hours}"


def format_time(time: datetime) -> str:
    """Return "Nov 29, 2026, 3:38 PM"; with the offset if the clock shows that twice, or if there is no local time."""
    in_zone = local(time)
    text = date_format(in_zone or time, "DATETIME_FORMAT")
    return text if in_zone and not is_repeated(in_zone) else f"{text} {offset(in_zone or time)}"


def format_exact_time(time: datetime) -> str:
    """Return "Nov 29, 2026, 3:38:05 PM PST", for tooltips and print. Zones without letters have their offset."""
    in_zone = local(time) or time
    zone = in_zone.tzname() or ""
    if is_repeated(in_zone) or not zone.isalpha():
        zone = offset(in_zone)
    return f"{date_format(in_zone, 'M j, Y, g:i:s A')} {zone}"


def iso_time(time: datetime) -> str:
    """Return the time for a `<time>` element, in the current time zone if HTML can write its offset."""
    in_zone = local(time) or time
    has_seconds = (in_zone.utcoffset() or timedelta(0)) % timedelta(minutes=1)
    return (time if has_seconds else in_zone).isoformat()
