import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import User
from accounts.roles import Role, give_role
from quo_admin.urls import urlpatterns as project_urls
from tests.support.accounts import EMAIL, LOGIN, NEW, PASSWORD, is_signed_in, sign_in

CHANGE = "/accounts/password/change/"


def change_password(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again})


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CHANGE, "/accounts/reauthenticate/", "/accounts/password/none/", "/"])
def test_pages_about_the_own_account_redirect_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 302
    assert response.headers["Location"] == f"{LOGIN}?next={address}"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_can_sign_up(client: Client, method: str) -> None:
    form = {"email": "new@example.com", "password1": NEW, "password2": NEW}

    response = getattr(client, method)("/accounts/signup/", form)

    assert b"Accounts are made by the administrator" in response.content
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["password/reset/", "email/", "login/code/", "confirm-email/", ""])
def test_other_pages_of_allauth_do_not_exist(client: Client, address: str) -> None:
    assert client.get(f"/accounts/{address}").status_code == 404


def test_a_get_request_does_not_sign_out(client: Client, user: User) -> None:
    client.force_login(user)

    response = client.get("/accounts/logout/")

    assert b"Sign out?" in response.content
    assert is_signed_in(client)


def test_a_post_signs_out_and_redirects_to_sign_in(client: Client, user: User) -> None:
    client.force_login(user)

    response = client.post("/accounts/logout/")

    assert response.headers["Location"] == LOGIN
    assert not is_signed_in(client)


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_out_twice_redirects_to_sign_in(client: Client, method: str) -> None:
    assert getattr(client, method)("/accounts/logout/").headers["Location"] == LOGIN


def test_signing_out_requires_the_csrf_token(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    assert client.post("/accounts/logout/").status_code == 403
    assert is_signed_in(client)


def test_signing_out_never_redirects_to_another_site(client: Client, user: User) -> None:
    client.force_login(user)

    response = client.post("/accounts/logout/", {"next": "https://evil.example/"})

    assert response.headers["Location"] == LOGIN


def test_the_password_can_be_changed(client: Client, user: User) -> None:
    client.force_login(user)

    response = change_password(client)

    assert response.headers["Location"] == settings.LOGIN_REDIRECT_URL
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_changing_the_password_keeps_this_session_and_ends_the_others(client: Client, user: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    client.force_login(user)

    change_password(client)

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"old": "wrong"}, "This is not your current password."),
        ({"again": "yet another secret"}, "You must type the same password each time."),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "1234567890", "again": "1234567890"}, "too common"),
        ({"new": EMAIL, "again": EMAIL}, "too similar"),
    ],
)
def test_an_invalid_new_password_is_explained(client: Client, user: User, form: dict[str, str], complaint: str) -> None:
    client.force_login(user)

    response = change_password(client, **form)

    assert complaint in response.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_account_without_a_password_cannot_change_it(client: Client, user: User) -> None:
    user.set_unusable_password()
    user.save()
    client.force_login(user)

    response = client.get(CHANGE, follow=True)

    assert b"Your account has no password" in response.content


def test_reauthentication_redirects_to_the_requested_page(client: Client, user: User) -> None:
    sign_in(client)
    assert b"Confirm that it is you" in client.get("/accounts/reauthenticate/").content

    response = client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/numbers/"})

    assert response.headers["Location"] == "/numbers/"


def test_reauthentication_rejects_a_wrong_password(client: Client, user: User) -> None:
    client.force_login(user)

    response = client.post("/accounts/reauthenticate/", {"password": "wrong"})

    assert b"This is not your password." in response.content


def _forbidden(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("an internal reason")


def _suspicious(_request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("an internal reason")


def _fail(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("an internal reason")


urlpatterns = [path("forbidden/", _forbidden), path("suspicious/", _suspicious), path("fail/", _fail), *project_urls]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/forbidden/", 403, "You may not open this page"),
        ("/suspicious/", 400, "The request could not be understood"),
        ("/fail/", 500, "Something went wrong in Quo Admin"),
        ("/no-such/", 404, "There is no such page"),
    ],
)
def test_an_error_page_says_what_happened_and_links_home(
    client: Client, user: User, address: str, status: int, sentence: str
) -> None:
    give_role(user, Role.VIEWER)
    client.force_login(user)
    client.raise_request_exception = False

    response = client.get(address)

    assert response.status_code == status
    page = response.content.decode()
    assert f"<h1>{sentence}</h1>" in page
    assert 'href="/"' in page
    assert "internal reason" not in page


@pytest.mark.django_db
def test_visitors_who_are_not_signed_in_also_get_404(client: Client) -> None:
    response = client.get("/no-such/")

    assert response.status_code == 404
    assert b"There is no such page" in response.content


@pytest.mark.django_db
def test_an_unknown_host_is_refused(client: Client) -> None:
    response = client.get(LOGIN, headers={"host": "evil.example"})

    assert response.status_code == 400
    assert b"Quo Admin is at another address" in response.content


@pytest.mark.parametrize("template", ["500.html", "400.html"])
def test_the_pages_for_400_and_500_need_no_context(template: str) -> None:
    page = (settings.BASE_DIR / "templates" / template).read_text()

    assert set(re.findall(r"{[{%] *(.*?) *[%}]}", page)) <= {"if request_id", "request_id", "endif"}
    styles = re.findall(r'href="/static/([^"]+)"', page)
    assert styles
    assert all(finders.find(style) for style in styles)
