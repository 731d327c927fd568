"""Notices when an upgrade of allauth changes what accounts/allauth_internals.py relies on."""

import time

import pytest
from allauth.core.ratelimit import consume
from django.test import RequestFactory

CHANGED = "allauth counts attempts in another way now: adapt accounts/allauth_internals.py, which reads them."


def test_allauth_stores_the_times_of_attempts_where_we_read_them() -> None:
    try:
        from accounts.allauth_internals import attempts  # noqa: PLC0415 - an upgrade may break this import
    except ImportError:
        pytest.fail(CHANGED)
    request = RequestFactory().post("/")
    start = time.time()
    for _ in range(2):
        consume(request, action="login_failed", key="ann@example.com")

    counted = list(attempts(request, app="allauth.account", action="login_failed", key="ann@example.com"))

    assert [(rate.amount, rate.duration) for rate, _ in counted] == [(10, 60), (5, 300)], CHANGED
    for _, times in counted:
        assert len(times) == 2, CHANGED
        assert start <= times[1] <= times[0] <= time.time(), CHANGED
