"""When Quo's client tries again, and how long it waits."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import responses

from numbers.quo import errors
from numbers.quo.client import parse_retry_after
from numbers.quo.errors import QuoError
from tests.support.misbehaving_server import Script, answer, cuts, drips, resets, serve, stalls
from tests.support.quo_answers import body, number
from tests.support.quo_clients import LIST, QUO, Connect, Time

# Retries


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_transient_error_is_tried_four_times(
    connect: Connect, quo: responses.RequestsMock, time: Time, status: int
) -> None:
    quo.get(LIST, status=status)

    with pytest.raises(QuoError) as caught:
        connect().list_phone_numbers()

    assert caught.value.status == status
    assert len(quo.calls) == 4
    for slept, least in zip(time.slept, [1, 2, 4], strict=True):
        assert least <= slept <= least + 1


@pytest.mark.parametrize("script", [cuts(), resets, cuts(answer(b"{", Content_Length="9"))])
def test_a_broken_connection_is_retried(connect: Connect, time: Time, script: Script) -> None:
    with serve(script, answer(body([number()]))) as server:
        assert len(connect(base_url=server.url).list_phone_numbers().records) == 1

    assert len(time.slept) == 1


def test_a_refused_connection_is_retried(connect: Connect, time: Time) -> None:
    with serve(answer()) as server:
        pass

    with pytest.raises(errors.Unavailable, match="nothing takes connections"):
        connect(base_url=server.url).list_phone_numbers()

    assert len(time.slept) == 3


def test_an_attempt_that_times_out_is_retried(connect: Connect, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quo_admin.http.session.READ_SECONDS", 0.05)
    with serve(stalls(), answer()) as server:
        connect(base_url=server.url).list_phone_numbers()

    assert len(time.slept) == 1


def test_an_insecure_connection_is_not_retried(connect: Connect, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/to/be/found")

    with pytest.raises(errors.Unavailable, match="REQUESTS_CA_BUNDLE"):
        connect(base_url="https://127.0.0.1:9").list_phone_numbers()

    assert time.slept == []


def test_a_refused_redirect_is_not_retried(connect: Connect, quo: responses.RequestsMock, time: Time) -> None:
    quo.get(LIST, status=302, headers={"Location": "https://evil.example/"})

    with pytest.raises(errors.Unavailable, match="must not be sent"):
        connect().list_phone_numbers()

    assert time.slept == []


def test_the_throttle_is_called_before_each_attempt(connect: Connect, quo: responses.RequestsMock) -> None:
    turns: list[int] = []
    quo.get(LIST, status=500)
    quo.get(LIST, status=302, headers={"Location": "/there"})
    quo.get(f"{QUO}/there", body=body([]))

    connect(throttle=lambda: turns.append(len(quo.calls))).list_phone_numbers()

    assert turns == [0, 1, 2]


def test_nothing_is_sent_if_the_throttle_cannot_write(connect: Connect, time: Time) -> None:
    def throttle() -> None:
        raise PermissionError("no")

    with pytest.raises(errors.Unavailable, match="DATA_DIR") as caught:
        connect(throttle=throttle).list_phone_numbers()

    assert (caught.value.reason, time.slept) == ("files", [])


# Waiting


def test_retry_after_is_obeyed(connect: Connect, quo: responses.RequestsMock, time: Time) -> None:
    quo.get(LIST, status=429, headers={"Retry-After": "7"})
    quo.get(LIST, status=503, headers={"Retry-After": "0"})
    quo.get(LIST, body=body([]))

    connect().list_phone_numbers()

    assert time.slept == [7, 0]


def test_retry_after_is_obeyed_up_to_a_cap(connect: Connect, quo: responses.RequestsMock, time: Time) -> None:
    quo.get(LIST, status=429, headers={"Retry-After": "86400"})
    quo.get(LIST, body=body([]))

    connect().list_phone_numbers()

    assert time.slept == [30]


def test_the_error_has_the_time_that_quo_asked_to_wait(connect: Connect, quo: responses.RequestsMock) -> None:
    quo.get(LIST, status=429, headers={"Retry-After": "3600"})

    with pytest.raises(errors.RateLimited) as caught:
        connect(timeout=20).list_phone_numbers()

    assert caught.value.retry_after == 3600


def test_nothing_waits_past_the_deadline(connect: Connect, quo: responses.RequestsMock, time: Time) -> None:
    quo.get(LIST, status=503, headers={"Retry-After": "25"})

    with pytest.raises(errors.Unavailable) as caught:
        connect(timeout=60).list_phone_numbers()

    assert caught.value.status == 503
    assert time.slept == [25, 25]


def test_a_throttle_that_outlasts_the_deadline_is_a_timeout(connect: Connect, time: Time) -> None:
    with pytest.raises(errors.Unavailable, match="in time"):
        connect(timeout=5, throttle=lambda: time.sleep(6)).list_phone_numbers()


def test_quos_own_error_wins_over_the_timeout_of_the_next_attempt(
    connect: Connect, quo: responses.RequestsMock, time: Time
) -> None:
    quo.get(LIST, status=503, headers={"Retry-After": "1"})
    waits = iter([0, 6])

    with pytest.raises(errors.Unavailable) as caught:
        connect(timeout=5, throttle=lambda: time.sleep(next(waits))).list_phone_numbers()

    assert (caught.value.reason, caught.value.status) == ("server", 503)


@pytest.mark.parametrize("script", [stalls(), drips(answer(b"", Content_Length="9999"))])
def test_the_deadline_bounds_all_attempts_of_a_call(connect: Connect, time: Time, script: Script) -> None:
    with serve(script) as server, pytest.raises(errors.Unavailable) as caught:
        connect(base_url=server.url, timeout=0.2).list_phone_numbers()

    assert (caught.value.reason, time.slept) == ("timeout", [])
    assert len(server.requests) == 1


def test_a_client_works_after_a_failed_call(connect: Connect) -> None:
    with serve(stalls(), answer(body([number()]))) as server:
        client = connect(base_url=server.url, timeout=0.2)
        with pytest.raises(errors.Unavailable):
            client.list_phone_numbers()

        assert len(client.list_phone_numbers().records) == 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), (" 0 ", 0), ("", None), ("soon", None), ("-1", None), ("1.5", None), ("٣", None), ("9" * 5000, None)],
)
def test_retry_after_in_seconds(text: str, seconds: float | None) -> None:
    assert parse_retry_after(text) == seconds


@pytest.mark.parametrize(("ahead", "seconds"), [(900, 900), (-900, 0)])
def test_retry_after_as_a_date(ahead: int, seconds: float) -> None:
    text = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)

    assert parse_retry_after(text) == pytest.approx(seconds, abs=60)
    assert parse_retry_after(text.replace("GMT", "-0000")) == pytest.approx(seconds, abs=60)
