"""A saved filter that was deleted can be restored."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import Role
from numbers.models import SavedFilter
from numbers.personal.deleted_filters import REMEMBERED
from tests.support.hostile import HOSTILE, assert_harmless
from tests.support.pages import PageClient, attribute, client_with_role, find_one, notices_of, parse_page, texts

SAVED = "/saved/"


@pytest.fixture
def deleted(manager: PageClient) -> SavedFilter:
    """A shared filter that is deleted."""
    saved = save(manager, "Abroad", is_shared="on")
    delete(manager, saved)
    return saved


def save(client: PageClient, name: str, **more: str) -> SavedFilter:
    client.post(SAVED, {"name": name, "query": "calling_intl=allowed", **more})
    return SavedFilter.objects.get(name=name)


def delete(client: PageClient, saved: SavedFilter) -> None:
    client.post(f"/saved/{saved.code}/delete/")


def restorable(client: PageClient) -> list[str]:
    return texts(parse_page(client.get(SAVED)).css(".deleted li > bdi"))


def undo(client: PageClient) -> list[str]:
    """Press the button of the notice; return the notices that follow."""
    page = parse_page(client.get(SAVED))
    form = find_one(page, f"form#{attribute(find_one(page, '[role=status] button'), 'form')}")
    client.post(attribute(form, "action"))
    return notices_of(parse_page(client.get(SAVED)))


def test_undo_restores_the_filter_and_its_short_address(manager: PageClient, deleted: SavedFilter) -> None:
    assert undo(manager) == ["“Abroad” is restored."]

    restored = SavedFilter.objects.get()
    fields = ("name", "query", "code", "is_shared", "owner_id")
    assert [getattr(restored, name) for name in fields] == [getattr(deleted, name) for name in fields]
    assert restorable(manager) == []


def test_the_latest_deleted_filters_can_be_restored_in_any_order(manager: PageClient) -> None:
    every = [save(manager, f"Filter {place}") for place in range(REMEMBERED + 1)]
    for saved in every:
        delete(manager, saved)

    assert restorable(manager) == [f"Filter {place}" for place in range(REMEMBERED, 0, -1)]
    manager.post(f"/saved/{every[2].code}/restore/")
    assert [saved.name for saved in SavedFilter.objects.all()] == ["Filter 2"]


def test_a_new_filter_of_the_same_name_is_kept(manager: PageClient, deleted: SavedFilter) -> None:
    save(manager, "Abroad")
    manager.get(SAVED)

    manager.post(f"/saved/{deleted.code}/restore/")

    assert notices_of(parse_page(manager.get(SAVED))) == [
        "It cannot be restored. You have a saved filter of this name already."
    ]
    assert restorable(manager) == ["Abroad"]


def test_restoring_twice_restores_once(manager: PageClient, deleted: SavedFilter) -> None:
    for _ in range(2):
        response = manager.post(f"/saved/{deleted.code}/restore/")
        assert response.headers["Location"] == SAVED

    assert SavedFilter.objects.count() == 1


def test_only_the_session_that_deleted_it_can_restore_it(manager: PageClient, deleted: SavedFilter) -> None:
    colleague = client_with_role(Role.MANAGER, "bo@example.com", "Bo")

    colleague.post(f"/saved/{deleted.code}/restore/")

    assert not SavedFilter.objects.exists()


def test_a_user_who_may_no_longer_share_gets_it_back_alone(manager: PageClient, deleted: SavedFilter) -> None:
    owner = User.objects.get()
    owner.groups.set([Group.objects.get(name=Role.VIEWER)])

    manager.post(f"/saved/{deleted.code}/restore/")

    assert not SavedFilter.objects.get().is_shared


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_harmless_after_it_was_deleted(manager: PageClient, name: str) -> None:
    manager.post(SAVED, {"name": HOSTILE[name][:80].strip(), "query": "q=a"})
    for saved in SavedFilter.objects.all():
        delete(manager, saved)

    page = parse_page(manager.get(SAVED))

    assert_harmless(page)
    assert len(page.css(".deleted li")) <= 1
