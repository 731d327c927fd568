"""What somebody keeps for themselves: the columns they want to see, and saved filters."""

from collections.abc import Collection
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from numbers import filters
from numbers.columns import LABELS, USUAL, Shown, shown
from numbers.filter_words import sentence
from numbers.models import SavedFilter, ShownColumns
from numbers.querysets import names_of


def columns_of(user: User) -> Shown:
    """Return the columns that the user wants to see; the usual ones until they chose."""
    chosen = ShownColumns.objects.filter(user=user).values_list("columns", flat=True).first()
    return shown(USUAL if chosen is None else chosen)


def show_columns(user: User, keys: Collection[str]) -> None:
    """Remember which columns the user wants to see."""
    ShownColumns.objects.update_or_create(user=user, defaults={"columns": [key for key in LABELS if key in keys]})


def show_usual_columns(user: User) -> None:
    ShownColumns.objects.filter(user=user).delete()


def visible_to(user: User) -> QuerySet[SavedFilter]:
    """The saved filters that the user may open: their own, and everybody's shared ones."""
    return SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner")


@dataclass(frozen=True)
class SavedLine:
    """A saved filter on the page of them all."""

    saved: SavedFilter
    sentence: str
    is_own: bool


def saved_lines(user: User) -> list[SavedLine]:
    """Return every saved filter that the user may open, and what it shows in words; two questions to the memory."""
    lines = [(saved, filters.parse(QueryDict(saved.query))) for saved in visible_to(user)]
    names = names_of({asked.user for _, asked in lines if asked.user})
    return [
        SavedLine(saved, sentence(asked, names.get(asked.user, "")), saved.owner_id == user.pk)
        for saved, asked in lines
    ]


def saved_by(user: User) -> QuerySet[SavedFilter]:
    """The saved filters that the user may change."""
    return SavedFilter.objects.filter(owner=user)


class SavedFilterForm(forms.ModelForm):  # type: ignore[type-arg]
    """Saves a query of the list under a name. A query is kept as the list itself reads it, without the page."""

    class Meta:
        model = SavedFilter
        fields = ("name", "query", "is_shared")

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_query(self) -> str:
        query = filters.parse(QueryDict(self.cleaned_data["query"])).but().query
        if not query:
            raise ValidationError("Every number is shown: choose a filter or an order first, then save it.")
        return query
