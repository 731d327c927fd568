"""How times are written on pages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.formats import localize

from numbers.templatetags.times import time
from numbers.vocabulary.times import format_time
from quo_admin import env

NINE = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)


def test_a_time_has_its_seconds_and_its_zone_in_the_tooltip() -> None:
    assert time(NINE) == (
        '<time datetime="2026-03-02T09:00:07+00:00" title="Mar 2, 2026, 9:00:07 AM UTC">Mar 2, 2026, 9:00 AM</time>'
    )


def test_the_tooltip_may_be_another_text() -> None:
    assert ' title="2026-03-02"' in time(NINE, title="2026-03-02")


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
