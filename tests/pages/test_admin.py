"""What was seen can be read by staff, and edited by nobody."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from numbers.models import PhoneNumber
from tests.support.pages import Office, notices_of, of_role, one, parsed, remember, texts, words
from tests.support.quo_answers import number, user

SEEN = ["phonenumber", "numberstate", "teammate", "teammatestate", "assignment", "sync"]


@pytest.fixture
def seen(db: None) -> None:
    remember(number("PN1", name="Front desk", users=[user("US1", firstName="Ann")]), number("PN2", name=42))


@pytest.fixture
def staff(db: None) -> Office:
    """An administrator who is no superuser."""
    return of_role(Role.ADMINISTRATOR, "staff@example.com")


def row_of(name: str) -> Model:
    row = apps.get_model("numbers", name)._default_manager.first()
    assert isinstance(row, Model)
    return row


def fields_of(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_every_model_of_the_memory_is_there() -> None:
    models = {model._meta.model_name for model in apps.get_app_config("numbers").get_models()}

    assert models - {"savedfilter", "showncolumns", "searchtext", "lastanswer"} == set(SEEN)


def test_the_administration_has_the_icon_of_every_other_page(staff: Office) -> None:
    icons = [one(parsed(staff.get(path)), "link[rel=icon]").attributes for path in ("/admin/", "/")]

    assert icons[0]["href"] == icons[1]["href"]


@pytest.mark.parametrize("name", SEEN)
def test_staff_read_what_was_seen(staff: Office, seen: None, name: str) -> None:
    listed = parsed(staff.get(f"/admin/numbers/{name}/"))
    link = one(listed, "#result_list tbody tr a").attributes["href"]

    page = parsed(staff.get(str(link)))

    assert page.css(".readonly")
    assert not page.css("#content-main input:not([type=hidden]), #content-main select, #content-main textarea")
    assert not page.css("#content .deletelink, #content .addlink, #content [name=_save]")


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("client_name", ["staff", "admin"])
def test_nobody_adds_changes_or_deletes_what_was_seen(
    request: pytest.FixtureRequest, seen: None, name: str, client_name: str
) -> None:
    client: Office = request.getfixturevalue(client_name)
    row = row_of(name)
    before, count = fields_of(row), type(row)._default_manager.count()
    base = f"/admin/numbers/{name}/"
    form = dict.fromkeys(before, "changed") | {"_save": "Save", "post": "yes"}

    assert client.get(f"{base}add/").status_code == 403
    assert client.post(f"{base}add/", form).status_code == 403
    assert client.post(f"{base}{row.pk}/change/", form).status_code == 403
    assert client.get(f"{base}{row.pk}/delete/").status_code == 403
    assert client.post(f"{base}{row.pk}/delete/", form).status_code == 403
    client.post(base, {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"})

    assert type(row)._default_manager.count() == count
    assert fields_of(row_of(name)) == before


@pytest.mark.parametrize("name", SEEN)
def test_somebody_who_is_no_staff_reads_nothing(office: Office, seen: None, name: str) -> None:
    permissions = Permission.objects.filter(content_type__app_label="numbers")
    User.objects.get().user_permissions.set(permissions)

    assert office.get(f"/admin/numbers/{name}/", follow=True).status_code == 403
    assert office.get(f"/admin/numbers/{name}/{row_of(name).pk}/change/", follow=True).status_code == 403


def test_staff_find_the_memory_on_the_first_page(staff: Office, seen: None) -> None:
    page = parsed(staff.get("/admin/"))

    assert texts(page.css("#content-main .model-phonenumber th")) == ["Phone numbers"]
    assert not page.css("#content-main .app-numbers .addlink")


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("phonenumber", "front"),
        ("numberstate", "desk"),
        ("teammate", "ann"),
        ("teammatestate", "ada@"),
        ("assignment", "PN1"),
    ],
)
def test_what_was_seen_is_found_by_typing(staff: Office, seen: None, name: str, query: str) -> None:
    assert len(parsed(staff.get(f"/admin/numbers/{name}/", {"q": query})).css("#result_list tbody tr")) == 1
    assert not parsed(staff.get(f"/admin/numbers/{name}/", {"q": "zebra"})).css("#result_list tbody tr")


@pytest.mark.parametrize("name", SEEN)
def test_nonsense_in_the_address_is_no_failure(staff: Office, seen: None, name: str) -> None:
    for query in ("q=%00", "q=%25_%5C'", "p=x", "p=-1", "o=99", "o=x", "e=1", "all=1", "colour=red"):
        assert staff.get(f"/admin/numbers/{name}/?{query}").status_code in {200, 302, 400}, query


@pytest.mark.parametrize("name", SEEN)
def test_a_record_that_is_not_there_is_no_failure(staff: Office, seen: None, name: str) -> None:
    for key in ("0", "x", "_00", "%00", "1/../2", "9" * 30):
        assert staff.get(f"/admin/numbers/{name}/{key}/change/").status_code in {302, 404}, key


@pytest.mark.parametrize(("model", "field"), [("numberstate", "phone_number"), ("assignment", "teammate")])
def test_the_search_of_related_records_is_no_failure(staff: Office, seen: None, model: str, field: str) -> None:
    asked = {"app_label": "numbers", "model_name": model, "field_name": field, "term": ""}

    assert staff.get("/admin/autocomplete/", asked).status_code in {200, 403}


@pytest.mark.parametrize("name", SEEN)
def test_the_history_of_a_record_can_be_opened(staff: Office, seen: None, name: str) -> None:
    assert staff.get(f"/admin/numbers/{name}/{row_of(name).pk}/history/").status_code == 200


def test_the_administration_says_that_what_was_set_aside_is_there(staff: Office, seen: None) -> None:
    page = parsed(staff.get(f"/admin/numbers/sync/{row_of('sync').pk}/change/"))

    assert "$.data[1].name" in words(page)
    assert notices_of(page) == []


def test_an_administrator_manages_people(admin: Office) -> None:
    assert admin.get("/admin/accounts/user/add/").status_code == 200


def test_the_administration_needs_the_one_sign_in(client: Client, seen: None) -> None:
    assert client.get("/admin/numbers/phonenumber/").headers["Location"].startswith("/accounts/login/?next=/admin/")
    assert PhoneNumber.objects.count() == 1
