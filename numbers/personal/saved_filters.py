"""Filters that users save under a name, for themselves or for everybody."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import QueryDict

from accounts.models import User
from accounts.roles import SHARE_FILTERS
from numbers.database.compiled_query import CompiledQuery
from numbers.filters import numbers as number_filters
from numbers.filters.wording import sentence
from numbers.memory.moment import NOW
from numbers.memory.teammates import names_of
from numbers.models import SavedFilter
from numbers.vocabulary.visible import is_visible

MENU_LIMIT = 20  # the page of saved filters has all of them


def visible_to(user: User) -> QuerySet[SavedFilter]:
    """Return the saved filters that the user may open: their own, and the shared ones of others."""
    return _visible_to(user.pk).select_related("owner")


def _visible_to(user: int) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True)).order_by(Lower("name"), "pk")


IN_MENU = CompiledQuery(
    lambda: _visible_to(0).annotate(owner_name=F("owner__name"), owner_email=F("owner__email"))[:MENU_LIMIT]
)


@dataclass(frozen=True)
class MenuEntry:
    """A saved filter in the menu beside the list; `shared_by` names the owner if that is another user."""

    code: str
    name: str
    url: str
    is_shared: bool
    shared_by: str


def menu_of(user: User) -> tuple[MenuEntry, ...]:
    """Return the first saved filters that the user may open."""
    return tuple(
        MenuEntry(
            saved.code,
            str(saved),
            saved.get_absolute_url(),
            saved.is_shared,
            "" if saved.owner_id == user.pk else User(name=saved.owner_name, email=saved.owner_email).get_short_name(),  # type: ignore[attr-defined] # annotated
        )
        for saved in IN_MENU.rows(user.pk)
    )


@dataclass(frozen=True)
class SavedFilterLine:
    """A saved filter on the page of saved filters."""

    saved: SavedFilter
    sentence: str
    is_own: bool


def saved_lines(user: User) -> list[SavedFilterLine]:
    """Return every saved filter that the user may open, each with a sentence about it. Takes two queries."""
    parsed = [(saved, number_filters.parse(QueryDict(saved.query))) for saved in visible_to(user)]
    names = names_of({filters.user for _, filters in parsed if filters.user}, NOW)
    return [
        SavedFilterLine(saved, sentence(filters, names.get(filters.user, "")), saved.owner_id == user.pk)
        for saved, filters in parsed
    ]


def saved_by(user: User) -> QuerySet[SavedFilter]:
    """Return the saved filters that the user may change."""
    return SavedFilter.objects.filter(owner=user)


def share_filter(saved: SavedFilter, *, is_shared: bool) -> None:
    """Share the filter with everybody, or only with its owner."""
    saved.is_shared = is_shared
    saved.save(update_fields=["is_shared"])


_MAY_NOT_SHARE = "Only managers and administrators may share a filter. Untick it to save it for yourself."
_NOTHING_TO_SAVE = "Every number is shown: choose a filter or an order first, then save it."
_NO_NAME = "Give it a name that people can read."


class SavedFilterForm(forms.ModelForm):  # type: ignore[type-arg]
    """Saves a query of the list under a name. The query is saved in canonical form, without the page."""

    class Meta:
        model = SavedFilter
        fields = ("name", "query", "is_shared")
        error_messages = {"name": {"required": _NO_NAME}, "query": {"required": _NOTHING_TO_SAVE}}

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not is_visible(name):
            raise ValidationError(_NO_NAME)
        return name

    def clean_query(self) -> str:
        query = number_filters.parse(QueryDict(self.cleaned_data["query"])).but().query
        if not query:
            raise ValidationError(_NOTHING_TO_SAVE)
        return query

    def clean_is_shared(self) -> bool:
        is_shared = bool(self.cleaned_data["is_shared"])
        if is_shared and not self.instance.owner.has_perm(SHARE_FILTERS):
            raise ValidationError(_MAY_NOT_SHARE)
        return is_shared

    def validate_unique(self) -> None:
        """Also check the owner's other names: Django skips that, because the owner is not a field of the form."""
        super().validate_unique()
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self.add_error(None, error)

    def save_or_add_errors(self) -> SavedFilter | None:
        """Save and return the filter if it is valid; else add errors. Handles a concurrent save of the same name."""
        if not self.is_valid():
            return None
        try:
            with transaction.atomic():
                saved: SavedFilter = self.save()
        except IntegrityError:
            self.validate_unique()
            return None
        return saved
