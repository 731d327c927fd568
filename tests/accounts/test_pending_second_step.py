"""A sign-in that waits for its second step ends when its password is no longer valid."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from accounts.mfa.views import ENDED
from accounts.models import User
from tests.support.accounts import EMAIL, LOGIN, NEW, PASSWORD, is_signed_in, sign_in
from tests.support.second_steps import STEP, code_of


@pytest.fixture
def user(db: None) -> User:
    """Return Ann, whose id looks different in base 36, which allauth uses."""
    return User.objects.create_user(EMAIL, PASSWORD, pk=36)


@pytest.fixture
def pending(client: Client, secret: str) -> Client:
    """Return a browser in which Ann has entered her password but no code."""
    assert sign_in(client).headers["Location"] == STEP
    return client


def enter_code(pending: Client, secret: str) -> str:
    """Enter the code; return the page that follows."""
    return pending.post(STEP, {"code": code_of(secret)}, follow=True).content.decode()


def set_password(user: User) -> None:
    user.set_password(NEW)
    user.save()


def change_password_in_another_browser(user: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    elsewhere.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("change", [set_password, change_password_in_another_browser])
def test_a_pending_sign_in_ends_when_the_password_changes(
    pending: Client, user: User, secret: str, change: Callable[[User], None]
) -> None:
    change(user)

    assert ENDED in enter_code(pending, secret)
    assert not is_signed_in(pending)


def test_after_it_ended_the_user_can_sign_in_again(pending: Client, user: User, secret: str) -> None:
    set_password(user)

    assert pending.get(STEP).headers["Location"] == LOGIN
    assert pending.get(LOGIN).status_code == 200
    assert sign_in(pending, password=NEW).headers["Location"] == STEP
    enter_code(pending, secret)
    assert is_signed_in(pending)


def test_a_pending_sign_in_ends_when_the_second_step_is_reset(pending: Client, user: User) -> None:
    call_command("reset_mfa", EMAIL)
    new_secret = str(generate_totp_secret())
    TOTP.activate(user, new_secret)

    enter_code(pending, new_secret)

    assert not is_signed_in(pending)


def test_a_pending_sign_in_ends_when_the_second_step_changes(
    pending: Client, user: User, secret: str, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    elsewhere = Client()
    sign_in(elsewhere)
    elsewhere.post(STEP, {"code": code_of(secret, periods=-1)})
    elsewhere.post("/accounts/reauthenticate/", {"password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        elsewhere.post("/accounts/security/app/remove/")
    assert not Authenticator.objects.exists()

    assert pending.get(STEP, follow=True).redirect_chain == [(LOGIN, 302)]
    assert is_signed_in(elsewhere)


def test_a_pending_sign_in_ends_when_the_account_is_deactivated_and_reactivated(
    pending: Client, user: User, secret: str
) -> None:
    for is_active in (False, True):
        user.is_active = is_active
        user.save()

    enter_code(pending, secret)

    assert not is_signed_in(pending)


def test_a_pending_sign_in_ends_when_the_account_is_deleted(pending: Client, user: User, secret: str) -> None:
    User.objects.filter(pk=user.pk).delete()

    assert pending.post(STEP, {"code": code_of(secret)}).headers["Location"] == LOGIN


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_pending_sign_in_ends_with_oidc_only(pending: Client, secret: str, settings: Settings, method: str) -> None:
    settings.OIDC_ONLY = True

    response = getattr(pending, method)(STEP, {"code": code_of(secret)}, follow=True)

    assert ENDED in response.content.decode()
    assert not is_signed_in(pending)


def test_changes_of_another_account_keep_a_pending_sign_in(pending: Client, secret: str) -> None:
    other = User.objects.create_user("other@example.com", PASSWORD)
    set_password(other)
    other.delete()

    enter_code(pending, secret)

    assert is_signed_in(pending)
