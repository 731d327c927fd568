import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.roles import Role, give_role, role_of
from tests.support.accounts import ADMIN_EMAIL, EMAIL, LOGIN, NEW, PASSWORD, is_signed_in

ADD = "/admin/accounts/user/add/"


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


@pytest.mark.django_db
def test_the_administration_uses_the_same_sign_in_page(client: Client) -> None:
    response = client.get("/admin/", follow=True)

    assert [address for address, _ in response.redirect_chain] == [
        "/admin/login/?next=/admin/",
        f"{LOGIN}?next=%2Fadmin%2F",
    ]
    assert b"<h1>Sign in</h1>" in response.content


def test_an_administrator_returns_to_the_administration_after_sign_in(client: Client, administrator: User) -> None:
    response = client.post(LOGIN, {"login": ADMIN_EMAIL, "password": PASSWORD, "next": "/admin/"}, follow=True)

    assert response.redirect_chain == [("/admin/", 302)]
    assert response.status_code == 200


def test_the_sign_in_form_of_django_admin_accepts_no_password(client: Client, administrator: User) -> None:
    response = client.post("/admin/login/", {"username": ADMIN_EMAIL, "password": PASSWORD})

    assert response.headers["Location"].startswith(LOGIN)
    assert not is_signed_in(client)


def test_staff_cannot_bypass_the_rate_limits(client: Client, user: User, administrator: User) -> None:
    give_role(user, Role.ADMINISTRATOR)
    client.force_login(user)

    response = client.post("/admin/login/", {"username": ADMIN_EMAIL, "password": PASSWORD})

    assert response.status_code == 405


def test_the_administration_changes_passwords_on_the_rate_limited_page(admin: Client) -> None:
    assert admin.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin/accounts/user/"])
def test_a_user_who_is_no_administrator_gets_403_without_a_redirect_loop(
    client: Client, user: User, address: str
) -> None:
    client.force_login(user)

    response = client.get(address, follow=True)

    assert response.status_code == 403
    assert f"You are signed in as {EMAIL}".encode() in response.content
    assert len(response.redirect_chain) <= 1


def test_an_administrator_creates_an_account_that_can_sign_in(admin: Client) -> None:
    form = {"email": "New@Example.com", "name": "New Person", "role": "viewer", "password1": NEW, "password2": NEW}

    response = admin.post(ADD, form)

    created = User.objects.get(email="new@example.com")
    assert response.headers["Location"] == f"/admin/accounts/user/{created.pk}/change/"
    assert (created.name, created.is_active, created.is_staff) == ("New Person", True, False)
    sign_in = Client().post(LOGIN, {"login": "new@example.com", "password": NEW})
    assert sign_in.status_code == 302


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"email": ADMIN_EMAIL.upper()}, "has an account already"),
        ({"email": "no address"}, "valid email address"),
        ({"password2": "different secret"}, "match"),
        ({"password1": "short", "password2": "short"}, "too short"),
    ],
)
def test_an_invalid_new_account_is_explained(admin: Client, change: dict[str, str], complaint: str) -> None:
    form = {"email": "new@example.com", "name": "", "role": "viewer", "password1": NEW, "password2": NEW} | change

    response = admin.post(ADD, form)

    assert complaint in response.content.decode()
    assert User.objects.count() == 1


def test_no_page_about_accounts_mentions_user_names(admin: Client, administrator: User) -> None:
    for address in ("", "add/", f"{administrator.pk}/change/", f"{administrator.pk}/password/"):
        response = admin.get(f"/admin/accounts/user/{address}")

        assert response.status_code == 200
        text = re.sub(r"<[^>]*>", " ", response.content.decode()).lower()
        assert "email" in text or "password" in text
        assert "username" not in text


def test_an_administrator_changes_an_account_and_its_role(admin: Client, user: User) -> None:
    form = {"email": "Ann.Lee@example.com", "name": "Ann Lee", "role": "administrator"}

    response = admin.post(f"/admin/accounts/user/{user.pk}/change/", form)

    assert response.headers["Location"] == "/admin/accounts/user/"
    user.refresh_from_db()
    assert (user.email, user.name) == ("ann.lee@example.com", "Ann Lee")
    assert (user.is_active, user.is_staff) == (False, True)
    assert role_of(user) == Role.ADMINISTRATOR


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": ""}])
def test_an_administrator_cannot_lock_themselves_out(
    admin: Client, administrator: User, change: dict[str, str]
) -> None:
    form = {"email": ADMIN_EMAIL, "name": "", "role": "administrator", "is_active": "on"} | change

    response = admin.post(f"/admin/accounts/user/{administrator.pk}/change/", form)

    assert "ask another administrator" in response.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_active
    assert role_of(administrator) == Role.ADMINISTRATOR


def test_an_administrator_changes_their_own_name(admin: Client, administrator: User) -> None:
    form = {"email": ADMIN_EMAIL, "name": "The Boss", "role": "administrator", "is_active": "on"}

    admin.post(f"/admin/accounts/user/{administrator.pk}/change/", form)

    administrator.refresh_from_db()
    assert administrator.name == "The Boss"
    assert administrator.is_superuser


def test_an_administrator_can_delete_others_but_not_themselves(admin: Client, administrator: User, user: User) -> None:
    assert admin.post(f"/admin/accounts/user/{administrator.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 302

    assert list(User.objects.all()) == [administrator]


def test_a_superuser_who_becomes_a_viewer_has_only_the_permissions_of_a_viewer(admin: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    form = {"email": EMAIL, "name": "", "role": "viewer", "is_active": "on"}

    admin.post(f"/admin/accounts/user/{user.pk}/change/", form)

    user = User.objects.get(pk=user.pk)
    assert (user.is_superuser, user.is_staff) == (False, False)
    assert user.get_all_permissions() == {"numbers.view_phonenumber"}


def test_the_list_of_accounts_shows_the_roles(admin: Client, user: User) -> None:
    assert re.findall(r'<td class="field-role">([^<]*)', admin.get("/admin/accounts/user/").content.decode()) == [
        "none yet",
        "administrator",
    ]


def test_the_permissions_of_a_role_cannot_be_edited(admin: Client) -> None:
    assert admin.get("/admin/auth/group/").status_code == 404


def test_an_administrator_sets_a_new_password(admin: Client, user: User) -> None:
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}

    admin.post(f"/admin/accounts/user/{user.pk}/password/", form)

    user.refresh_from_db()
    assert user.check_password(NEW)


@pytest.mark.parametrize("words", ["ANN@", "lee"])
def test_accounts_are_found_by_email_and_name(admin: Client, user: User, words: str) -> None:
    User.objects.filter(pk=user.pk).update(name="Ann Lee")

    page = admin.get("/admin/accounts/user/", {"q": words}).content.decode()

    assert f"/admin/accounts/user/{user.pk}/change/" in page
    assert "1 result" in page


def test_the_administration_hides_the_email_addresses_of_allauth(admin: Client) -> None:
    assert admin.get("/admin/account/emailaddress/").status_code == 404


def test_a_date_in_the_hour_that_clocks_repeat_has_its_offset(admin: Client, settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    repeated = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    person = User.objects.create_user(EMAIL, PASSWORD)
    User.objects.update(last_login=repeated, date_joined=repeated)

    for page in ("/admin/accounts/user/", f"/admin/accounts/user/{person.pk}/change/"):
        assert "Nov 1, 2026, 1:30 AM UTC−5" in admin.get(page).content.decode()


def test_an_account_that_was_never_used_says_so(admin: Client) -> None:
    User.objects.create_user(EMAIL, PASSWORD)

    assert "never" in admin.get(f"/admin/accounts/user/?q={EMAIL}").content.decode()
