"""Saved filters: each has a name and a short address, and is private or shared with everybody."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from numbers.models import SavedFilter
from numbers.personal.saved_filters import SavedFilterForm
from tests.support.hostile import HOSTILE, assert_harmless
from tests.support.pages import (
    LIST,
    PageClient,
    attribute,
    client_with_role,
    csrf_token_of,
    find_one,
    notices_of,
    numbers_on,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number, user

SAVED = "/saved/"
EVERYTHING_SHOWN = "Every number is shown: choose a filter or an order first, then save it."
NO_NAME = "Give it a name that people can read."


@pytest.fixture
def colleague(db: None) -> PageClient:
    return client_with_role(Role.MANAGER, "bo@example.com", "Bo")


def save(client: Client, name: str = "Abroad", query: str = "calling_intl=allowed", **more: str) -> Any:
    return client.post(SAVED, {"name": name, "query": query, **more})


def saved(name: str = "Abroad") -> SavedFilter:
    return SavedFilter.objects.get(name=name)


def lines(client: Client) -> dict[str, list[str]]:
    """Return the texts about each saved filter on their page, by its name."""
    rows = parse_page(client.get(SAVED)).css("tr[data-saved]")
    selector = 'td[data-label="Shows"], td[data-label="Address"] code, td[data-label="Whose"]'
    return {text_of(find_one(row, "th")): texts(row.css(selector)) for row in rows}


def test_saving_a_filter_shows_its_short_address(manager: PageClient) -> None:
    response = save(manager)

    stored = SavedFilter.objects.get()
    assert (stored.name, stored.query, stored.is_shared) == ("Abroad", "calling_intl=allowed", False)
    assert stored.owner.email == "ann@example.com"
    assert response.headers["Location"] == f"/saved/{stored.code}/"
    page = parse_page(manager.get(LIST))
    address = f"http://testserver/saved/{stored.code}/"
    assert f"Saved as “Abroad”. Its short address is {address}." in notices_of(page)
    assert attribute(find_one(page, "p.notice a"), "href") == address


def test_a_name_with_markup_is_shown_as_text(manager: PageClient) -> None:
    save(manager, name="<b id=bold>x</b>")

    page = parse_page(manager.get(LIST))

    assert not page.css("#bold")
    assert any("“<b id=bold>x</b>”" in notice for notice in notices_of(page))


def test_the_short_address_redirects_to_the_list(manager: PageClient) -> None:
    sync_all(number("PN1", number="+18005550100"), number("PN2"))
    save(manager, query="kind=toll-free&sort=-number")

    response = manager.get(f"/saved/{saved().code}/")

    assert response.status_code == 302
    assert response.headers["Location"] == f"{LIST}?kind=toll-free&sort=-number"
    assert numbers_on(parse_page(manager.get(response.headers["Location"]))) == ["PN1"]


def test_a_short_address_has_no_ambiguous_characters(manager: PageClient) -> None:
    for index in range(20):
        save(manager, f"Filter {index}")

    codes = list(SavedFilter.objects.values_list("code", flat=True))
    assert len(set(codes)) == 20
    assert all(re.fullmatch("[2-9a-km-np-z]{8}", code) for code in codes)  # no 0, 1, l and o


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("sort=-number&q=desk&page=7&who=bo", "q=desk&sort=-number"),
        ("kind=TOLL-FREE&country=us&forward=yes", "kind=toll-free&country=US&forward=any"),
        ("kind=local&colour=blue&calling_us=maybe", "kind=local"),
        ("group=+GR+1+&user=US+1+", "user=US+1+&group=+GR+1+"),
        ("sort=-name", "sort=-name"),
        ("q=%C3%A9%26+%3D", "q=%C3%A9%26+%3D"),
    ],
)
def test_a_query_is_saved_in_canonical_form_without_the_page(manager: PageClient, query: str, canonical: str) -> None:
    save(manager, query=query)

    assert saved().query == canonical


@pytest.mark.parametrize("query", ["", "page=3", "sort=name&who=a", "kind=nonsense", "x=1", "q=+", "=&&", "%00", " "])
def test_a_query_that_shows_everything_is_refused_with_a_link_back(manager: PageClient, query: str) -> None:
    page = parse_page(save(manager, "Mine", query, is_shared="on"), 422)

    assert texts(page.css("main [role=alert]")) == [f"{EVERYTHING_SHOWN} Back to the list"]
    assert attribute(find_one(page, "#back"), "href") == LIST
    assert not page.css("form.save-again")  # it would be refused again
    assert not SavedFilter.objects.exists()


def test_a_duplicate_name_is_refused_and_the_input_stays(manager: PageClient) -> None:
    save(manager)

    page = parse_page(save(manager, " Abroad ", "kind=local&page=2", is_shared="on"), 422)

    assert texts(page.css("main [role=alert]")) == ["You have a saved filter of this name already."]
    assert attribute(find_one(page, "#id_name"), "value") == " Abroad "
    assert "checked" in find_one(page, "#id_is_shared").attributes
    assert attribute(find_one(page, "main form [name=query]"), "value") == "kind=local&page=2"
    assert SavedFilter.objects.get().query == "calling_intl=allowed"


def test_after_a_refusal_another_name_saves_the_filter(manager: PageClient) -> None:
    save(manager)
    page = parse_page(save(manager, query="kind=local", is_shared="on"), 422)
    form = find_one(page, "main form.save-again")
    typed = {attribute(field, "name"): field.attributes.get("value") or "on" for field in form.css("input")}

    manager.post(attribute(form, "action"), typed | {"name": "Local ones"})

    stored = saved("Local ones")
    assert (stored.query, stored.is_shared) == ("kind=local", True)


def test_a_concurrent_duplicate_is_refused_with_the_same_sentence(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    validate_unique = SavedFilterForm.validate_unique
    calls: list[bool] = []

    def skip_first_call(form: SavedFilterForm) -> None:
        if calls:
            validate_unique(form)
        calls.append(True)

    save(manager)
    monkeypatch.setattr(SavedFilterForm, "validate_unique", skip_first_call)

    page = parse_page(save(manager), 422)

    assert "You have a saved filter of this name already." in text_of(page)
    assert SavedFilter.objects.count() == 1


def test_two_users_can_use_the_same_name(manager: PageClient, colleague: PageClient) -> None:
    assert save(colleague, is_shared="on").status_code == 302
    assert save(manager).status_code == 302
    assert SavedFilter.objects.count() == 2


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u2060", "\u00ad", "\u0301"])
def test_an_invisible_name_is_refused(manager: PageClient, name: str) -> None:
    page = parse_page(save(manager, name), 422)

    assert texts(page.css("#id_name-error p")) == [NO_NAME]
    assert attribute(find_one(page, "#id_name"), "aria-invalid") == "true"
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["é" * 80, "🏡" * 80, "  Two   words\n "])
def test_a_name_may_have_eighty_characters_and_gets_single_spaces(manager: PageClient, name: str) -> None:
    assert save(manager, name).status_code == 302
    assert saved(" ".join(name.split()))


def test_a_longer_name_is_refused_and_the_input_stays(manager: PageClient) -> None:
    page = parse_page(save(manager, "é" * 81), 422)

    assert "80 characters" in text_of(find_one(page, "#id_name-error"))
    assert attribute(find_one(page, "#id_name"), "value") == "é" * 81
    assert not SavedFilter.objects.exists()


def test_a_name_with_nul_is_refused(manager: PageClient) -> None:
    assert save(manager, "a\x00b").status_code == 422
    assert save(manager, query="q=a\x00").status_code == 422


def test_a_query_with_too_many_parameters_is_refused(manager: PageClient) -> None:
    assert save(manager, query="a=1&" * 5000).status_code == 400
    assert not SavedFilter.objects.exists()


def test_an_empty_post_saves_nothing(manager: PageClient) -> None:
    assert manager.post(SAVED).status_code == 422
    assert not SavedFilter.objects.exists()


def test_a_private_filter_is_visible_only_to_its_owner(manager: PageClient, colleague: PageClient) -> None:
    save(manager)
    code = saved().code

    assert colleague.get(f"/saved/{code}/").status_code == 404
    assert lines(colleague) == {}
    assert "Abroad" not in parse_page(colleague.get(LIST)).html  # type: ignore[operator]
    assert lines(manager)["Abroad"][2] == "yours alone"


def test_a_shared_filter_is_visible_to_everybody(manager: PageClient, colleague: PageClient) -> None:
    save(colleague, is_shared="on")
    stored = saved()

    assert manager.get(f"/saved/{stored.code}/").headers["Location"] == f"{LIST}?calling_intl=allowed"
    assert lines(manager) == {
        "Abroad": ["Numbers where calling abroad is allowed", f"/saved/{stored.code}/", "shared by Bo"]
    }
    assert lines(colleague)["Abroad"][2] == "yours, shared"
    choice = find_one(parse_page(manager.get(LIST)), "#saved-menu .choice")
    assert attribute(choice, "href") == f"/saved/{stored.code}/"
    assert text_of(choice) == "Abroad shared by Bo"


def test_an_owner_can_share_a_filter_and_make_it_private(manager: PageClient, colleague: PageClient) -> None:
    save(manager)
    address = f"/saved/{saved().code}/"

    form = find_one(parse_page(manager.get(SAVED)), "form[action$='/share/']")
    assert text_of(form) == "Share Abroad"
    manager.post(attribute(form, "action"), {"is_shared": attribute(find_one(form, "[name=is_shared]"), "value")})
    assert colleague.get(address).status_code == 302
    assert "“Abroad” is shared with everybody who signs in now." in notices_of(parse_page(manager.get(LIST)))

    form = find_one(parse_page(manager.get(SAVED)), "form[action$='/share/']")
    assert text_of(form) == "Make private Abroad"
    assert not form.css("[name=is_shared]")
    manager.post(attribute(form, "action"))
    assert colleague.get(address).status_code == 404
    assert "“Abroad” is yours alone now." in notices_of(parse_page(manager.get(LIST)))


def test_an_owner_can_delete_a_filter(manager: PageClient) -> None:
    save(manager)
    save(manager, "Other")
    form = find_one(parse_page(manager.get(SAVED)), f"[data-saved='{saved().code}'] form[action$='/delete/']")

    response = manager.post(attribute(form, "action"))

    assert response.headers["Location"] == SAVED
    assert [stored.name for stored in SavedFilter.objects.all()] == ["Other"]
    assert "“Abroad” is deleted. The numbers it showed are not. Undo" in notices_of(parse_page(manager.get(SAVED)))


@pytest.mark.parametrize("action", ["share", "delete"])
@pytest.mark.parametrize("is_shared", ["", "on"])
def test_only_the_owner_can_change_a_filter(
    manager: PageClient, colleague: PageClient, action: str, is_shared: str
) -> None:
    save(manager, is_shared=is_shared)
    stored = saved()

    response = colleague.post(f"/saved/{stored.code}/{action}/", {"is_shared": "" if is_shared else "1"})

    assert response.status_code == 404
    assert SavedFilter.objects.get() == stored
    assert SavedFilter.objects.get().is_shared == bool(is_shared)
    assert not parse_page(colleague.get(SAVED)).css("form[action$='/share/'], form[action$='/delete/']")


def test_an_administrator_cannot_open_a_private_filter(manager: PageClient, admin: PageClient) -> None:
    save(manager)

    assert admin.get(f"/saved/{saved().code}/").status_code == 404
    assert admin.post(f"/saved/{saved().code}/delete/").status_code == 404


@pytest.mark.parametrize("path", ["", "share/", "delete/"])
def test_an_unknown_code_is_not_found(manager: PageClient, path: str) -> None:
    send = manager.post if path else manager.get

    assert send(f"/saved/nothing/{path}").status_code == 404


def test_a_get_changes_nothing(manager: PageClient) -> None:
    save(manager)
    code = saved().code

    for path in (f"/saved/{code}/share/", f"/saved/{code}/delete/", f"/saved/{code}/restore/"):
        for method in ("get", "head", "put", "delete"):
            assert getattr(manager, method)(f"{path}?is_shared=1").status_code == 405
    assert manager.get(f"{SAVED}?name=x&query=q%3Da").status_code == 200
    assert manager.post(f"/saved/{code}/").status_code == 405
    assert [stored.is_shared for stored in SavedFilter.objects.all()] == [False]


def test_saving_sharing_and_deleting_need_a_csrf_token(manager: PageClient) -> None:
    save(manager)
    strict = PageClient(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    code = saved().code

    assert save(strict, "Other").status_code == 403
    for action in ("share", "delete"):
        assert strict.post(f"/saved/{code}/{action}/", {"is_shared": "1"}).status_code == 403
    assert [stored.is_shared for stored in SavedFilter.objects.all()] == [False]
    assert csrf_token_of(parse_page(strict.get(LIST)), "save-form")
    for action in ("share", "delete"):
        assert find_one(parse_page(strict.get(SAVED)), f"form[action$='/{action}/'] [name=csrfmiddlewaretoken]")


def test_the_form_above_the_list_saves_the_current_filters(manager: PageClient) -> None:
    sync_all(number("PN1"))
    page = parse_page(manager.get(LIST, {"kind": "local", "sort": "-number", "page": "1"}))
    form = find_one(page, "#save-form")
    query = find_one(page, "[name=query][form=save-form]")

    manager.post(attribute(form, "action"), {"name": "Mine", "query": attribute(query, "value")})

    assert attribute(find_one(form, "[name=name]"), "maxlength") == "80"
    assert saved("Mine").query == "kind=local&sort=-number"


def test_a_filter_with_an_unknown_group_and_teammate_still_opens(manager: PageClient) -> None:
    sync_all(number("PN1", groupId="GR1", users=[user("US1", firstName="Ann")]))
    save(manager, query="user=US1&group=GR1&porting=pending&country=FR")
    save(manager, "Stranger", "user=USnever")
    sync_all(number("PN2", groupId="GR2", users=[]))

    assert lines(manager)["Abroad"][0] == "Numbers of France with Ann in group GR1 whose port is “pending”"
    assert lines(manager)["Stranger"][0] == "Numbers with USnever"
    for name in ("Abroad", "Stranger"):
        page = parse_page(manager.get(f"/saved/{saved(name).code}/", follow=True))
        assert text_of(find_one(page, "#results h2")) == "No number fits"


def test_a_sentence_uses_the_current_name_of_a_teammate(manager: PageClient) -> None:
    for name in ("Before", "Between", "After"):
        sync_all(number("PN1", users=[user("US1", firstName=name), user("US2", firstName="Other")]))
    save(manager, query="user=US1")

    assert lines(manager)["Abroad"][0] == "Numbers with After"


def test_an_obsolete_filter_names_the_ignored_parts(manager: PageClient) -> None:
    sync_all(number("PN1"))
    SavedFilter.objects.create(owner=User.objects.get(), name="Old", query="colour=blue&kind=local")

    assert lines(manager)["Old"][0] == "Local numbers"
    page = parse_page(manager.get(f"/saved/{saved('Old').code}/", follow=True))
    assert "“colour” means nothing here and was ignored." in notices_of(page)
    assert numbers_on(page) == ["PN1"]


def test_own_and_shared_filters_are_sorted_by_name_ignoring_case(manager: PageClient, colleague: PageClient) -> None:
    for name in ("banana", "Apple", "Cherry"):
        save(manager, name)
    save(colleague, "blueberry", is_shared="on")
    save(colleague, "private")

    names = ["Apple", "banana", "blueberry", "Cherry"]
    assert list(lines(manager)) == names
    assert texts(parse_page(manager.get(LIST)).css("#saved-menu .choice > bdi")) == names


def test_the_empty_page_explains_how_to_save(manager: PageClient) -> None:
    page = parse_page(manager.get(SAVED))

    assert text_of(find_one(page, ".empty h2")) == "No filter is saved yet"
    assert not page.css("tr[data-saved], main form.save-again")


@pytest.mark.parametrize("name", ["html", "attribute", "template", "entities"])
def test_hostile_names_and_queries_are_shown_as_text(manager: PageClient, colleague: PageClient, name: str) -> None:
    text = HOSTILE[name][:80].strip()
    save(colleague, text, "group=" + "%22%3E%3Cb+data-evil%3E", is_shared="on")

    for path in (SAVED, LIST):
        page = parse_page(manager.get(path))
        assert_harmless(page)
        assert text in texts(page.css("tr[data-saved] th bdi, #saved-menu .choice > bdi"))
    assert_harmless(parse_page(save(colleague, text, '"><b data-evil>&q=<b data-evil>'), 422))


def test_deleting_an_account_deletes_its_filters(manager: PageClient) -> None:
    save(manager)

    User.objects.get().delete()

    assert not SavedFilter.objects.exists()


def test_saved_filters_need_a_sign_in(client: Client, manager: PageClient) -> None:
    save(manager, is_shared="on")

    for path in (SAVED, f"/saved/{saved().code}/"):
        assert client.get(path).headers["Location"].startswith("/accounts/login/")
    assert save(client, "Other").headers["Location"].startswith("/accounts/login/")
    assert SavedFilter.objects.count() == 1
