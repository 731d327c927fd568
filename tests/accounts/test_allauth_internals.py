"""Notices when an upgrade of allauth changes what accounts/limits.py relies on."""

import pytest
from allauth.core.ratelimit import consume
from django.test import RequestFactory

CHANGED = "allauth counts attempts in another way now: adapt accounts/limits.py, which reads them."


def test_allauth_stores_the_times_of_attempts_where_we_read_them() -> None:
    try:
        from accounts.limits import seconds_left  # noqa: PLC0415 - an upgrade may break this import
    except ImportError:
        pytest.fail(CHANGED)
    request = RequestFactory().post("/")
    for _ in range(4):
        consume(request, action="login_failed", key="ann@example.com")
    assert seconds_left(request, "login_failed", key="ann@example.com") == 0, CHANGED
    consume(request, action="login_failed", key="ann@example.com")
    assert 240 < seconds_left(request, "login_failed", key="ann@example.com") <= 300, CHANGED
