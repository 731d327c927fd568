"""What people keep for themselves: filters under a name, and the columns they want to see."""

from functools import partial

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import get_random_string

# Hard to guess, because a shared filter opens for anyone with its address; without characters that look alike, so that
# it can be read out. A function of ours would have to be imported by the migration.
_NEW_CODE = partial(get_random_string, 8, "23456789abcdefghjkmnpqrstuvwxyz")


class SavedFilter(models.Model):
    """A query of the list of numbers under a name; everybody's if it is shared, else its owner's alone."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=80)
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
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("numbers:saved_filter", args=[self.code])


class ShownColumns(models.Model):
    """Which columns somebody wants in the list of numbers; without a row, the usual ones."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shown_columns")
    columns = models.JSONField(default=list, help_text="Keys of the columns of the list.")

    def __str__(self) -> str:
        return f"{self.user_id}: {', '.join(self.columns)}"
