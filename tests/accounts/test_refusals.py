"""Refused requests and wrong passwords of signed-in people are in the access log, which nobody can flood."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.access import MAX_DETAIL, Event, record
from accounts.models import AccessEvent, User
from accounts.roles import Role, give_role
from tests.support.accounts import EMAIL, LOGIN, sign_in
from tests.support.second_steps import AGAIN

CHANGE = "/accounts/password/change/"


@pytest.fixture
def ann(client: Client, user: User) -> Client:
    give_role(user, Role.VIEWER)
    client.force_login(user)
    AccessEvent.objects.all()._raw_delete("default")
    return client


def lines() -> list[tuple[str, str, str]]:
    return list(AccessEvent.objects.order_by("pk").values_list("event", "email", "detail"))


def test_a_wrong_old_password_is_in_the_access_log(ann: Client) -> None:
    ann.post(CHANGE, {"oldpassword": "wrong", "password1": "quite another secret", "password2": "quite another secret"})

    assert lines() == [("refused", EMAIL, "wrong password, to change it")]


def test_a_wrong_password_of_a_reauthentication_is_in_the_access_log(ann: Client) -> None:
    ann.post(AGAIN, {"password": "wrong"})

    assert lines() == [("sign_in_failed", EMAIL, "")]


def test_a_refused_page_is_in_the_access_log(ann: Client) -> None:
    ann.get("/status/access/?a=1")

    assert lines() == [("refused", EMAIL, "GET /status/access/?a=1: 403")]


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/"])
def test_a_refused_page_of_the_administration_is_in_the_access_log(ann: Client, path: str) -> None:
    ann.get(path, follow=True)

    assert [(event, email) for event, email, _ in lines()] == [("refused", EMAIL)]


def test_a_page_refused_repeatedly_is_recorded_once(ann: Client) -> None:
    for number in range(5):
        ann.get(f"/admin/accounts/user/{number}/change/?a={number}", follow=True)

    assert len(lines()) == 1


def test_a_visitor_who_must_wait_is_in_the_access_log(client: Client, user: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    for _ in range(4):
        sign_in(client, "nobody@example.com", "wrong")

    assert [line for line in lines() if line[0] == "sign_in_limited"] == [("sign_in_limited", "unknown", "")]


def test_a_page_that_is_allowed_is_not_recorded(ann: Client) -> None:
    ann.get("/accounts/security/")
    ann.get(LOGIN)

    assert lines() == []


def test_a_long_detail_is_cut_off(ann: Client, user: User) -> None:
    record(Event.EXPORTED, None, user=user, detail="x" * 100_000)

    detail = lines()[0][2]
    assert len(detail) == MAX_DETAIL
    assert detail.endswith("x…")
