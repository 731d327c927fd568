"""What people save for themselves: named filters and the columns they want to see."""

from functools import partial

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import get_random_string

from numbers.vocabulary.visible import shown_name

# Hard to guess, because anyone with its address can open a shared filter. Has no look-alike characters, so that it can
# be read out. A partial of Django's function, because migrations must not import our code.
_NEW_CODE = partial(get_random_string, 8, "23456789abcdefghjkmnpqrstuvwxyz")


class SavedFilter(models.Model):
    """A named query of the number list, for its owner only or, if shared, for everybody."""

    name_length = 80

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=name_length)
    code = models.CharField(max_length=16, unique=True, default=_NEW_CODE, help_text="The end of its short address.")
    query = models.TextField(help_text="The canonical query string, without the page.")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name", "pk")
        permissions = (("share_savedfilter", "Can share a filter with everybody"),)
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="one_saved_filter_of_a_name_each",
                violation_error_message="You have a saved filter of this name already.",
            )
        ]

    def __str__(self) -> str:
        return shown_name(self.name)

    def get_absolute_url(self) -> str:
        return reverse("numbers:saved_filter", args=[self.code])


class ShownColumns(models.Model):
    """The columns that a user chose for the number list. Without a row, the default columns apply."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shown_columns")
    columns = models.JSONField(default=list, help_text="Keys of the columns of the list.")

    def __str__(self) -> str:
        return f"{self.user_id}: {', '.join(self.columns)}"
