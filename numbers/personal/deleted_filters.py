"""Saved filters that a user deleted in this session. Each can be restored, with its short address."""

from dataclasses import asdict, dataclass

from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from accounts.roles import SHARE_FILTERS
from numbers.models import SavedFilter
from numbers.personal.saved_filters import SavedFilterForm
from numbers.vocabulary.visible import shown_name

REMEMBERED = 5  # deleted filters
_SESSION_KEY = "deleted_filters"


@dataclass(frozen=True)
class DeletedFilter:
    """A deleted filter, as the session keeps it."""

    code: str
    name: str
    query: str
    is_shared: bool

    def __str__(self) -> str:
        return shown_name(self.name)


def deleted_filters(session: SessionBase) -> list[DeletedFilter]:
    """Return the filters that can be restored, the latest first."""
    return [DeletedFilter(**deleted) for deleted in session.get(_SESSION_KEY, [])]


def delete_filter(session: SessionBase, saved: SavedFilter) -> None:
    """Delete a filter, and remember it in the session."""
    deleted = DeletedFilter(saved.code, saved.name, saved.query, saved.is_shared)
    _remember(session, [deleted, *deleted_filters(session)][:REMEMBERED])
    saved.delete()


def restore_filter(session: SessionBase, user: User, code: str) -> SavedFilterForm | None:
    """Save a deleted filter again and return its form, which has the errors. Return None if there is no such filter.

    A user who may no longer share filters gets it back for themselves.
    """
    every = deleted_filters(session)
    deleted = next((deleted for deleted in every if deleted.code == code), None)
    if not deleted:
        return None
    is_shared = deleted.is_shared and user.has_perm(SHARE_FILTERS)
    form = SavedFilterForm(
        {"name": deleted.name, "query": deleted.query, "is_shared": is_shared},
        instance=SavedFilter(owner=user, code=deleted.code),
    )
    if form.save_or_add_errors():
        _remember(session, [other for other in every if other != deleted])
    return form


def _remember(session: SessionBase, filters: list[DeletedFilter]) -> None:
    session[_SESSION_KEY] = [asdict(deleted) for deleted in filters]
