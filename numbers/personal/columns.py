"""The columns of the list that each user chose."""

from collections.abc import Collection

from accounts.models import User
from numbers.database.compiled_query import CompiledQuery
from numbers.models import ShownColumns
from numbers.pages.columns import USUAL, VisibleColumns, optional_keys, visible_columns

CHOSEN_COLUMNS = CompiledQuery(lambda: ShownColumns.objects.filter(user=0))


def columns_of(user: User) -> VisibleColumns:
    """Return the columns that the user chose; the default ones if they chose none."""
    chosen = CHOSEN_COLUMNS.first(user.pk)
    return visible_columns(chosen.columns if chosen else USUAL)


def save_columns(user: User, keys: Collection[str]) -> None:
    """Save the columns that the user chose."""
    columns = [key for key in optional_keys() if key in keys]
    ShownColumns.objects.update_or_create(user=user, defaults={"columns": columns})


def reset_columns(user: User) -> None:
    """Go back to the default columns."""
    ShownColumns.objects.filter(user=user).delete()
