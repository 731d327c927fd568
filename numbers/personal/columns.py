"""The columns that each person chose to see."""

from collections.abc import Collection

from accounts.models import User
from numbers.database.compiled_query import CompiledQuery
from numbers.models import ShownColumns
from numbers.pages.columns import LABELS, USUAL, Shown, shown

CHOSEN_COLUMNS = CompiledQuery(lambda: ShownColumns.objects.filter(user=0))


def columns_of(user: User) -> Shown:
    """Return the columns that the user wants to see; the usual ones until they chose."""
    chosen = CHOSEN_COLUMNS.first(user.pk)
    return shown(chosen.columns if chosen else USUAL)


def show_columns(user: User, keys: Collection[str]) -> None:
    """Remember which columns the user wants to see."""
    ShownColumns.objects.update_or_create(user=user, defaults={"columns": [key for key in LABELS if key in keys]})


def show_usual_columns(user: User) -> None:
    ShownColumns.objects.filter(user=user).delete()
