"""Times on pages: readable at once, exact for who points at them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from numbers.templatetags.times import moment

NINE = datetime(2026, 3, 2, 9, 0, 7, tzinfo=UTC)


def test_a_time_names_its_zone_and_has_its_seconds_in_reserve() -> None:
    assert moment(NINE) == (
        '<time datetime="2026-03-02T09:00:07+00:00" title="2 March 2026, 09:00:07 UTC">2 March 2026, 09:00 UTC</time>'
    )


def test_a_time_is_the_readers() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert ">2 March 2026, 18:00 JST<" in moment(NINE)


@pytest.mark.parametrize(("shape", "text"), [("j M Y, H:i:s", "2 Mar 2026, 09:00:07"), ("j F, H:i", "2 March, 09:00")])
def test_a_page_may_write_it_shorter(shape: str, text: str) -> None:
    assert f">{text}<" in moment(NINE, shape)


def test_no_time_is_nothing() -> None:
    assert moment(None) == ""
