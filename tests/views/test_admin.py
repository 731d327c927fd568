"""Django's admin manages accounts only. Data from Quo is on our own pages and cannot be edited."""

import pytest
from django.apps import apps
from django.test import Client

from accounts.roles import Role
from tests.support.pages import PageClient, client_with_role, find_one, parse_page


@pytest.fixture
def staff(db: None) -> PageClient:
    """Return an administrator who is not a superuser."""
    return client_with_role(Role.ADMINISTRATOR, "staff@example.com")


def test_the_admin_has_the_same_icon_as_other_pages(staff: PageClient) -> None:
    icons = [find_one(parse_page(staff.get(path)), "link[rel=icon]").attributes for path in ("/admin/", "/")]

    assert icons[0]["href"] == icons[1]["href"]


def test_the_admin_shows_nothing_from_memory(admin: PageClient) -> None:
    assert admin.get("/admin/").status_code == 200
    for model in apps.get_app_config("numbers").get_models():
        assert admin.get(f"/admin/numbers/{model._meta.model_name}/").status_code == 404


def test_an_administrator_manages_people(staff: PageClient) -> None:
    assert staff.get("/admin/accounts/user/add/").status_code == 200


def test_the_admin_uses_the_normal_sign_in(client: Client, db: None) -> None:
    assert client.get("/admin/accounts/user/").headers["Location"].startswith("/accounts/login/?next=/admin/")
