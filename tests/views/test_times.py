"""How times are written on pages."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.utils import timezone
from django.utils.formats import localize
from hypothesis import example, given
from hypothesis import strategies as st

from numbers.templatetags.times import time
from quo_admin import env
from quo_admin.times import format_exact_time, format_time, iso_time, local

NINE = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)


def test_a_time_has_its_seconds_and_its_zone_in_the_tooltip() -> None:
    assert time(NINE) == (
        '<time datetime="2026-03-02T09:00:07+00:00" title="Mar 2, 2026, 9:00:07 AM UTC">Mar 2, 2026, 9:00 AM</time>'
    )


def test_the_tooltip_may_be_another_text() -> None:
    assert ' title="2026-03-02"' in time(NINE, text="2026-03-02")


@pytest.mark.parametrize(("zone", "text"), [("Asia/Tokyo", "6:00 PM"), ("America/New_York", "4:00 AM")])
def test_a_time_is_in_the_time_zone_of_the_reader(zone: str, text: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert f">Mar 2, 2026, {text}<" in time(NINE)


def test_a_missing_time_is_an_empty_text() -> None:
    assert time(None) == ""


def test_django_pages_use_the_same_time_format() -> None:
    assert localize(NINE) == format_time(NINE)


def test_templates_write_times_only_with_the_tag() -> None:
    templates = (env.BASE_DIR / "templates").rglob("*.*")
    assert [file.name for file in templates if "|date" in file.read_text() or "{% now" in file.read_text()] == []


# Times that a zone's clocks show twice


def formatted(zone: str, *utc: int) -> str:
    with timezone.override(ZoneInfo(zone)):
        return format_time(datetime(*utc, tzinfo=UTC))  # type: ignore[misc, arg-type] # a year to a minute


@pytest.mark.parametrize(
    ("zone", "utc", "expected"),
    [
        ("America/New_York", (2026, 11, 1, 4, 59), "Nov 1, 2026, 12:59 AM"),
        ("America/New_York", (2026, 11, 1, 5, 0), "Nov 1, 2026, 1:00 AM UTC−4"),
        ("America/New_York", (2026, 11, 1, 5, 59), "Nov 1, 2026, 1:59 AM UTC−4"),
        ("America/New_York", (2026, 11, 1, 6, 0), "Nov 1, 2026, 1:00 AM UTC−5"),
        ("America/New_York", (2026, 11, 1, 7, 0), "Nov 1, 2026, 2:00 AM"),
        ("America/New_York", (2026, 3, 8, 6, 59), "Mar 8, 2026, 1:59 AM"),
        ("America/New_York", (2026, 3, 8, 7, 0), "Mar 8, 2026, 3:00 AM"),
        ("America/St_Johns", (2026, 11, 1, 3, 45), "Nov 1, 2026, 1:15 AM UTC−2:30"),
        ("America/St_Johns", (2026, 11, 1, 4, 45), "Nov 1, 2026, 1:15 AM UTC−3:30"),
        ("Europe/Dublin", (2026, 10, 25, 0, 30), "Oct 25, 2026, 1:30 AM UTC+1"),
        ("Europe/Dublin", (2026, 10, 25, 1, 30), "Oct 25, 2026, 1:30 AM UTC"),
        ("Antarctica/Troll", (2026, 10, 25, 0, 0), "Oct 25, 2026, 2:00 AM UTC+2"),
        ("Antarctica/Troll", (2026, 10, 25, 2, 0), "Oct 25, 2026, 2:00 AM UTC"),
        ("Australia/Lord_Howe", (2026, 4, 4, 14, 45), "Apr 5, 2026, 1:45 AM UTC+11"),
        ("Australia/Lord_Howe", (2026, 4, 4, 15, 15), "Apr 5, 2026, 1:45 AM UTC+10:30"),
        ("Europe/Moscow", (2014, 10, 25, 21, 30), "Oct 26, 2014, 1:30 AM UTC+4"),  # for good, without summer time
        ("Pacific/Kwajalein", (1969, 9, 30, 20, 0), "Sep 30, 1969, 8:00 AM UTC−12"),  # nearly a day twice
        ("America/New_York", (1883, 11, 18, 16, 58), "Nov 18, 1883, 12:01 PM UTC−4:56:02"),  # before time zones
        ("America/New_York", (2126, 11, 3, 5, 30), "Nov 3, 2126, 1:30 AM UTC−4"),  # by the rule for the future
        ("UTC", (2026, 11, 1, 5, 30), "Nov 1, 2026, 5:30 AM"),
    ],
)
def test_a_time_that_clocks_show_twice_has_its_offset(zone: str, utc: tuple[int, ...], expected: str) -> None:
    assert formatted(zone, *utc) == expected


def test_the_tooltip_of_a_time_shown_twice_has_its_offset() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert 'title="Nov 1, 2026, 1:30:00 AM UTC−4"' in time(datetime(2026, 11, 1, 5, 30, tzinfo=UTC))
        assert 'title="Nov 1, 2026, 3:30:00 AM EST"' in time(datetime(2026, 11, 1, 8, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "name"), [("Asia/Kathmandu", "UTC+5:45"), ("America/Sao_Paulo", "UTC−3"), ("Factory", "UTC")]
)
def test_the_tooltip_has_the_offset_of_a_zone_without_letters(zone: str, name: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert format_exact_time(NINE).endswith(f" {name}")


# Times that a zone's calendar has not

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "moment"), [("America/New_York", FIRST), ("Asia/Tokyo", LAST)])
def test_a_time_without_a_local_one_is_shown_as_it_came(zone: str, moment: datetime) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert time(moment, text="<as it came>") == "<bdi>&lt;as it came&gt;</bdi>"
        assert format_time(moment).endswith("AM UTC" if moment is FIRST else "PM UTC")


ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
HTML_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?[+-][0-9]{2}:[0-9]{2}")


@example(FIRST, ZoneInfo("Africa/Monrovia"))
@example(LAST, ZoneInfo("Pacific/Kiritimati"))
@example(LAST, ZoneInfo("Pacific/Pago_Pago"))
@given(st.datetimes(timezones=st.just(UTC)), ZONES)
def test_every_time_can_be_shown_in_every_zone(moment: datetime, zone: ZoneInfo) -> None:
    with timezone.override(zone):
        assert datetime.fromisoformat(iso_time(moment)) == moment
        assert HTML_TIME.fullmatch(iso_time(moment))
        assert format_time(moment) in time(moment)
        assert time(moment, text="as it came") == "<bdi>as it came</bdi>" or local(moment) == moment


@pytest.mark.parametrize(
    "zone",
    [
        *(
            "America/New_York",
            "America/St_Johns",
            "America/Havana",
            "America/Santiago",
            "Europe/Dublin",
            "Europe/London",
        ),
        *("Antarctica/Troll", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Gaza", "Pacific/Chatham", "UTC"),
    ],
)
def test_no_two_moments_have_the_same_text(zone: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        days = [datetime(2026, month, 1, tzinfo=UTC) for month in (2, 3, 4, 10, 11)]
        moments = [day + timedelta(minutes=30 * step) for day in days for step in range(28 * 48)]
        assert len({format_time(moment) for moment in moments}) == len(moments)
