"""The canary for accounts/allauth_internals.py: it says when an upgrade of allauth changes what we rely on."""

import time

import pytest
from allauth.core.ratelimit import consume
from django.test import RequestFactory

CHANGED = "allauth counts attempts in another way now: adapt accounts/allauth_internals.py, which reads them."


def test_allauth_keeps_the_times_of_attempts_where_we_look_for_them() -> None:
    try:
        from accounts.allauth_internals import attempts  # noqa: PLC0415 - what an upgrade may break
    except ImportError:
        pytest.fail(CHANGED)
    request = RequestFactory().post("/")
    began = time.time()
    for _ in range(2):
        consume(request, action="login_failed", key="ann@example.com")

    found = list(attempts(request, app="allauth.account", action="login_failed", key="ann@example.com"))

    assert [(rate.amount, rate.duration) for rate, _ in found] == [(10, 60), (5, 300)], CHANGED
    for _, times in found:
        assert len(times) == 2, CHANGED
        assert began <= times[1] <= times[0] <= time.time(), CHANGED
