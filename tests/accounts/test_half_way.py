"""A sign-in that waits for its second step is worth what the password is worth with which it began."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from accounts.mfa.views import ENDED
from accounts.models import User
from tests.support.accounts import EMAIL, LOGIN, PASSWORD, is_signed_in, sign_in
from tests.support.second_steps import STEP, code_of

NEW = "another long secret"


@pytest.fixture
def user(db: None) -> User:
    """Ann, whose key is not written the same in every base."""
    return User.objects.create_user(EMAIL, PASSWORD, pk=36)


@pytest.fixture
def half_way(client: Client, secret: str) -> Client:
    """A browser in which Ann's password was given and the code not yet."""
    assert sign_in(client).headers["Location"] == STEP
    return client


def go_on(half_way: Client, secret: str) -> str:
    """Enter the code; return what the page says to which this leads."""
    return half_way.post(STEP, {"code": code_of(secret)}, follow=True).content.decode()


def set_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


def change_it_oneself(user: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    elsewhere.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("change", [set_password, change_it_oneself])
def test_it_ends_with_the_password(half_way: Client, user: User, secret: str, change: Callable[[User], None]) -> None:
    change(user)

    assert ENDED in go_on(half_way, secret)
    assert not is_signed_in(half_way)


def test_once_ended_it_leads_to_sign_in_and_leaves_nothing(half_way: Client, user: User, secret: str) -> None:
    set_password(user)

    assert half_way.get(STEP).headers["Location"] == LOGIN
    assert half_way.get(LOGIN).status_code == 200
    assert sign_in(half_way, password=NEW).headers["Location"] == STEP
    go_on(half_way, secret)
    assert is_signed_in(half_way)


def test_it_ends_when_the_second_step_is_reset(half_way: Client, user: User) -> None:
    call_command("reset_mfa", EMAIL)
    anew = str(generate_totp_secret())
    TOTP.activate(user, anew)

    go_on(half_way, anew)

    assert not is_signed_in(half_way)


def test_it_ends_when_the_second_step_changes(
    half_way: Client, user: User, secret: str, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    elsewhere.post(STEP, {"code": code_of(secret, periods=-1)})
    elsewhere.post("/accounts/reauthenticate/", {"password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        elsewhere.post("/accounts/security/app/remove/")
    assert not Authenticator.objects.exists()

    assert half_way.get(STEP, follow=True).redirect_chain == [(LOGIN, 302)]
    assert is_signed_in(elsewhere)


def test_it_ends_when_the_account_is_switched_off_and_on(half_way: Client, user: User, secret: str) -> None:
    for is_active in (False, True):
        user.is_active = is_active
        user.save()

    go_on(half_way, secret)

    assert not is_signed_in(half_way)


def test_it_ends_when_the_account_is_deleted(half_way: Client, user: User, secret: str) -> None:
    User.objects.filter(pk=user.pk).delete()

    assert half_way.post(STEP, {"code": code_of(secret)}).headers["Location"] == LOGIN


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_ends_where_the_company_alone_signs_in(
    half_way: Client, secret: str, settings: Settings, method: str
) -> None:
    settings.OIDC_ONLY = True

    response = getattr(half_way, method)(STEP, {"code": code_of(secret)}, follow=True)

    assert ENDED in response.content.decode()
    assert not is_signed_in(half_way)


def test_that_of_another_goes_on(half_way: Client, secret: str) -> None:
    other = User.objects.create_user("other@example.com", PASSWORD)
    set_password(other)
    other.delete()

    go_on(half_way, secret)

    assert is_signed_in(half_way)
